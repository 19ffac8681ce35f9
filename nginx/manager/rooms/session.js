// One session: its calls in order, as the conversation that they were.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, duration, money } from '../app/numbers.js';
import { link } from '../app/router.js';
import { session } from '../app/session.js';
import { dateTime } from '../app/time.js';
import { answerTurn, turn } from '../parts/conversation.js';
import { keepFocus } from '../parts/focus.js';
import { button, facts, heading, section } from '../parts/page.js';
import { emptiness, loaded } from '../parts/states.js';
import { statusBadge } from './threads.js';

const STEP = 50;

export default async function room({ id, signal }) {
  const row = await api.get(`${session.scope}/session/detail/${id}`, {}, { signal });
  const talk = h('div', { class: 'conversation' });
  const rest = h('div');
  const first = loaded(async () => (await more(0) ? [talk, rest] : emptiness(t('The records of its calls are gone.'))), signal);

  /** Shows the calls from `offset` on, and answers how many are seen then. */
  async function more(offset) {
    const list = await api.get(`${session.scope}/thread/list`, { session_id: id, order_by: 'created_at', limit: STEP, offset }, { signal });
    talk.append(...list.items.flatMap((call) => [turn('user', call.prompt), answerTurn(call), mark(call)]));
    const shown = offset + list.items.length;
    const isWhole = shown >= list.total || !list.items.length;
    keepFocus(rest, () => rest.replaceChildren(...(isWhole ? [] : [button(t('Show more'), () => more(shown))])));
    return shown;
  }

  return [
    heading(row.title || row.key, { back: ['sessions', t('Sessions')] }),
    h('div', { class: 'stack' },
      section(t('The session'), facts([
        ['Session-Id', h('span', { class: 'mono' }, row.key)], [t('Key'), row.key_name], [t('Calls'), count(row.thread_count)],
        [t('Tokens'), t('{read} in, {written} out', { read: count(row.total_in_tokens), written: count(row.total_out_tokens) })],
        [t('Fee'), money(row.total_fee)], [t('Begun'), dateTime(row.created_at)],
      ])),
      section(t('Conversation'), first.node)),
  ];
}

const mark = (call) => h('p', { class: 'cost' }, h('a', { href: link(['threads', call.id]) }, dateTime(call.created_at)),
  ` · ${call.model} · ${money(call.fee)} · ${duration(call.invocation_latency)} `, statusBadge(call));
