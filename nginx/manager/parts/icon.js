// The rooms' signs: lines on a grid of 16, drawn in the colour of the text beside them.

import { svg } from '../app/element.js';

const LINES = {
  dashboard: 'M2 13.5h12M3.5 11V7M8 11V2.5M12.5 11V5',
  keys: 'M9.5 6.5a3.5 3.5 0 1 0-2.6 3.4L8.5 8.5M8.3 8.3 13.5 13.5M11.5 11.5l1.5-1.5',
  groups: 'M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 2.800a2.5 2.5 0 0 1 0 4.5M12.3 10c1.400.6 2.200 1.800 2.200 3.5',
  models: 'M8 1.5 14 4.800v6.400L8 14.5 2 11.200V4.800ZM2 4.800 8 8l6-3.200M8 8v6.5',
  playground: 'M4.5 2.5 13 8l-8.5 5.5Z',
  sessions: 'M2 3h12v8H7.5L4.5 13.5V11H2Z',
  threads: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  payments: 'M1.5 3.5h13v9h-13ZM1.5 6.5h13M4 10h3',
  webhooks: 'M6.5 9.5 9.5 6.5M7 4.5 8.5 3a3.200 3.200 0 0 1 4.5 4.5L11.5 9M4.5 7 3 8.5A3.200 3.200 0 0 0 7.5 13L9 11.5',
  audit: 'M8 1.5 13.5 3.5v4c0 3.5-2.3 5.800-5.5 7-3.200-1.200-5.5-3.5-5.5-7v-4ZM5.5 8l1.800 1.800L10.800 6',
};

/** The sign of a room. Decoration: the name stands beside it. */
export const icon = (name) => svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: LINES[name] }));
