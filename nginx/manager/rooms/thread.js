// One call: what was said, what it used and cost, how long it took, and what was tried.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { count, duration, money } from '../app/numbers.js';
import { link } from '../app/router.js';
import { session } from '../app/session.js';
import { dateTime } from '../app/time.js';
import { answerTurn, promptTurns } from '../parts/conversation.js';
import { facts, heading, section } from '../parts/page.js';
import { plainTable } from '../parts/table.js';
import { statusBadge } from './threads.js';

export default async function room({ id, signal }) {
  const call = await api.get(`${session.scope}/thread/detail/${id}`, {}, { signal });
  return [
    heading(t('Call {id}', { id: call.id }), {
      back: ['threads', t('Calls')], note: [dateTime(call.created_at), ' ', statusBadge(call)],
    }),
    h('div', { class: 'wide-columns' },
      section(t('Conversation'), h('div', { class: 'conversation' }, promptTurns(call), answerTurn(call))),
      h('div', { class: 'stack' }, section(t('Numbers'), numbers(call)), call.attempts?.length > 0 && attempts(call))),
  ];
}

function numbers(call) {
  const key = session.isAdmin ? h('a', { href: link(['keys', call.key_id]) }, call.key_name) : call.key_name;
  return facts([
    [t('Model'), call.model], [t('Provider'), call.provider], [t('Key'), key],
    call.session_id && [t('Session'), h('a', { href: link(['sessions', call.session_id]) }, String(call.session_id))],
    [t('Tokens in'), count(call.tokens_in)], [t('Tokens out'), count(call.tokens_out)],
    [t('From cache'), count(call.tokens_cache_read)], [t('To cache'), count(call.tokens_cache_write)],
    call.images > 0 && [t('Images'), count(call.images)],
    [t('Fee'), h('span', {}, money(call.fee), call.estimated && ` (${t('estimated')})`)], [t('Off the balance'), money(call.fee_balance)],
    [t('Price of input'), money(call.price_in)], [t('Price of output'), money(call.price_out)],
    (call.price_image ?? null) !== null && [t('Price of an image'), money(call.price_image)],
    [t('First byte'), duration(call.first_byte_latency)], [t('Whole answer'), duration(call.invocation_latency)],
    [t('Streamed'), call.stream ? t('yes') : t('no')], [t('Ended by'), call.finish_reason ?? '—'],
    [t('Request id'), h('span', { class: 'mono' }, call.request_id), 'whole-row'],
  ]);
}

const attempts = (call) => section(t('Attempts'), plainTable({
  caption: t('Attempts'), rows: call.attempts,
  columns: [
    { label: t('Model'), cell: (row) => row.model }, { label: t('Region'), cell: (row) => row.region ?? '—' },
    { label: t('Status'), number: true, cell: (row) => row.status }, { label: t('Code'), cell: (row) => row.code ?? '—' },
    { label: t('Latency'), number: true, cell: (row) => duration(row.latency) },
  ],
}));
