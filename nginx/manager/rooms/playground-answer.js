// One answer of the playground while it comes, then what it took.

import { api, send } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, duration, money } from '../app/numbers.js';
import { link } from '../app/router.js';
import { events } from '../app/events.js';
import { thought } from '../parts/conversation.js';

/** `run` answers the whole text, or null when it failed. `place` is scrolled along while its end is in sight. */
export function answer(place) {
  const said = h('p', { class: 'said' });
  const thinking = h('div');
  const calls = h('div');
  const foot = h('p', { class: 'cost' }, t('Waiting…'));
  const node = h('div', { class: 'turn assistant' }, h('h3', {}, t('Model')), thinking, said, calls, foot);
  let text = '';
  let reasoning = '';
  let arguments_ = '';

  function take(delta) {
    const isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 60;
    text += delta.content ?? '';
    said.textContent = text;
    if (delta.reasoning_content) {
      reasoning += delta.reasoning_content;
      if (!thinking.firstChild) thinking.append(thought(reasoning));
      thinking.querySelector('.said').textContent = reasoning;
    }
    for (const call of delta.tool_calls ?? []) {
      arguments_ += (call.function?.name ? `\n${call.function.name} ` : '') + (call.function?.arguments ?? '');
      calls.replaceChildren(h('pre', { class: 'call said' }, arguments_.trim()));
    }
    if (isAtEnd) place.scrollTop = place.scrollHeight;
  }

  async function run(body, sessionID, signal) {
    const begin = performance.now();
    let first = null;
    let usage = null;
    let requestID = null;
    try {
      const response = await send('v1/chat/completions', {
        method: 'POST', signal, headers: { 'Content-Type': 'application/json', 'Session-Id': sessionID },
        body: JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } }),
      });
      requestID = response.headers.get('x-request-id');
      foot.textContent = '';
      for await (const chunk of events(response)) {
        first ??= Math.round(performance.now() - begin);
        if (chunk.error) throw new Error(chunk.error.message);
        usage = chunk.usage ?? usage;
        if (chunk.choices?.[0]?.delta) take(chunk.choices[0].delta);
      }
    } catch (error) {
      foot.replaceChildren(h('span', { class: signal.aborted ? 'notice' : 'notice bad', role: 'alert' }, signal.aborted ? t('Stopped.') : error.message));
      return signal.aborted && text ? text : null;
    }
    await tell({ usage, first, all: Math.round(performance.now() - begin), requestID });
    return text;
  }

  /** The fee is the ledger's own, by the request's id; the times are this browser's. */
  async function tell({ usage, first, all, requestID }) {
    const parts = [
      usage && t('{read} in, {written} out', { read: count(usage.prompt_tokens), written: count(usage.completion_tokens) }),
      t('first byte {time}', { time: duration(first) }), t('whole {time}', { time: duration(all) }),
    ].filter(Boolean);
    foot.textContent = parts.join(' · ');
    try {
      const { items } = await api.get('user/thread/list', { limit: 5 });
      const record = items.find((row) => row.request_id === requestID);
      if (record) foot.replaceChildren(`${money(record.fee)} · ${parts.join(' · ')} · `, h('a', { href: link(['threads', record.id]) }, t('record')));
    } catch {
      // The answer is there; its record can be looked up later.
    }
  }

  return { node, run };
}
