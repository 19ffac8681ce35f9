// What is around every room: navigation, who is signed in, and the place where the room stands.

import { h } from './element.js';
import { t } from './i18n.js';
import { link, place } from './router.js';
import { ROOMS, roomsFor } from './rooms.js';
import { session } from './session.js';
import { switches } from './switches.js';
import { icon } from '../parts/icon.js';
import { failure, loading } from '../parts/states.js';

/**
 * `{node, show, tellWho, leave}`: `show` enters the room that the address names, `tellWho` names the session's reader,
 * `leave` ends what the room has under way.
 */
export function shell({ signOut, again }) {
  let visit = null;
  const main = h('main', { id: 'main', tabindex: '-1' });
  const links = h('ul', { id: 'rooms' });
  const menu = h('button', {
    class: 'menu', type: 'button', 'aria-expanded': 'false', 'aria-controls': 'rooms', onclick: () => open(!isOpen()),
  }, t('Menu'));
  const who = h('p', { class: 'who' });
  const isOpen = () => menu.getAttribute('aria-expanded') === 'true';
  const open = (wanted) => menu.setAttribute('aria-expanded', String(wanted));

  const node = h('div', { class: 'shell' },
    h('a', { class: 'skip', href: '#main', onclick: (event) => { event.preventDefault(); main.focus(); } },
      t('Skip to content')),
    h('header', { class: 'bar' },
      h('a', { class: 'brand', href: link('dashboard') },
        h('img', { src: 'icon.svg', alt: '', width: 24, height: 24 }), 'Brook'),
      menu,
      h('nav', { 'aria-label': t('Rooms') }, links),
      h('div', { class: 'account' },
        who,
        switches(again),
        h('button', { class: 'quiet', type: 'button', onclick: signOut }, t('Sign out')))),
    main,
    h('div', { id: 'toasts', role: 'status', 'aria-live': 'polite' }));

  function tellWho() {
    who.replaceChildren(h('span', { class: 'who-name' }, session.row.name),
      h('span', { class: 'who-role' }, session.isAdmin ? t('Administrator') : t('User')));
  }

  function showLinks(active) {
    links.replaceChildren(...roomsFor(session.isAdmin).map(([name, room]) => h('li', {},
      h('a', { href: link(name), 'aria-current': name === active ? 'page' : null, onclick: () => open(false) },
        icon(name), t(room.label)))));
  }

  async function show() {
    visit?.abort();
    const mine = (visit = new AbortController());
    const isFirst = !main.querySelector('h1');
    const { parts: [name = 'dashboard', id], query } = place();
    const room = ROOMS[name];
    showLinks(name);
    main.setAttribute('aria-busy', 'true');
    if (isFirst) main.append(loading());
    const content = await draw(room, id, query, mine.signal);
    if (mine.signal.aborted) return;
    main.removeAttribute('aria-busy');
    main.replaceChildren(...[content].flat(Infinity).filter(Boolean));
    const heading = main.querySelector('h1');
    document.title = `${heading?.textContent ?? 'Brook'} · Brook`;
    if (isFirst) return;
    scrollTo(0, 0);
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
  }

  tellWho();
  return { node, show, tellWho, leave: () => visit?.abort() };
}

async function draw(room, id, query, signal) {
  const load = id === undefined ? room?.many : room?.one;
  const isOpen = session.isAdmin || !(room?.admin || (id !== undefined && room?.adminOne));
  if (!load || !isOpen) return [h('h1', {}, t('There is no such page')), h('p', {}, h('a', { href: link('dashboard') }, t('To the dashboard')))];
  try {
    const module = await load();
    return await module.default({ id, query, signal });
  } catch (error) {
    if (signal.aborted) return null;
    const title = error.status === 404 ? t('There is no such row') : t(room.label);
    return [h('h1', {}, title), failure(error, () => dispatchEvent(new HashChangeEvent('hashchange')))];
  }
}
