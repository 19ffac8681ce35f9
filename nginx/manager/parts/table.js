// A table over one of the API's lists: the server searches, sorts and pages. What is asked for stands in the address.

import { api } from '../app/api.js';
import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { keepQuery } from '../app/router.js';
import { filterBar } from './filters.js';
import { keepFocus } from './focus.js';
import { pager } from './pager.js';
import { emptiness, failure } from './states.js';

const LIMIT = 20;

/**
 * - path: the list's route. fixed: what is asked for always.
 * - columns: `{label, cell(row), order?, number?, wide?, minor?, name?}`; `order` is the API's name where the list can be ordered
 *   by it, `minor` leaves it out on a phone, a `name` is a text that stays on one line.
 * - filters: see filters.js. query: the address's, for a table that is the room's own; without it nothing is kept there.
 * - empty: `{text, action}` where there is nothing at all.
 * Answers `{node, reload, asked}`; `asked()` is what the filters say now.
 */
export function listTable({ caption, path, columns, filters = [], fixed = {}, query, empty, signal, onLoad }) {
  let wanted = { ...query };
  let running = null;
  const body = h('tbody');
  const head = h('thead');
  const states = h('div');
  const pages = pager(LIMIT, (change) => ask(change));
  const table = h('table', {}, h('caption', {}, caption), head, body);
  const frame = h('div', { class: 'table-frame', role: 'region', 'aria-label': caption, tabindex: '0' }, table);
  const bar = filters.length ? filterBar(filters, wanted, (change) => ask({ ...change, offset: '' }), signal) : null;
  const node = h('div', { class: 'list' }, bar?.node, frame, states, pages.node);

  function ask(change) {
    wanted = Object.fromEntries(Object.entries({ ...wanted, ...change }).filter(([, value]) => value !== ''));
    if (query) keepQuery(wanted);
    return reload();
  }

  function drawHead() {
    head.replaceChildren(h('tr', {}, columns.map((column) => {
      const kind = column.number ? 'number' : null;
      if (!column.order) return h('th', { scope: 'col', class: kind }, column.label);
      const isUp = wanted.order_by === column.order;
      const isDown = wanted.order_by === `-${column.order}`;
      const next = isDown ? column.order : isUp ? '' : `-${column.order}`;
      return h('th', { scope: 'col', class: kind, 'aria-sort': isUp ? 'ascending' : isDown ? 'descending' : null },
        h('button', { type: 'button', class: 'sort', onclick: () => sort(column, next) }, column.label,
          h('span', { class: 'arrow', 'aria-hidden': 'true' }, isUp ? '↑' : isDown ? '↓' : '')));
    })));
  }

  async function sort(column, next) {
    const index = columns.indexOf(column);
    const done = ask({ order_by: next, offset: '' });
    head.querySelectorAll('th')[index].querySelector('button').focus();
    await done;
  }

  async function reload() {
    running?.abort();
    const mine = (running = new AbortController());
    signal?.addEventListener('abort', () => mine.abort(), { once: true });
    drawHead();
    frame.setAttribute('aria-busy', 'true');
    try {
      const list = await api.get(path, { limit: LIMIT, ...wanted, ...fixed }, { signal: mine.signal });
      keepFocus(node, () => draw(list));
      onLoad?.(list);
    } catch (error) {
      if (mine.signal.aborted) return;
      keepFocus(node, () => fail(error));
    } finally {
      if (!mine.signal.aborted) frame.removeAttribute('aria-busy');
    }
  }

  function fail(error) {
    body.replaceChildren();
    frame.hidden = true;
    pages.hide();
    states.replaceChildren(failure(error, reload));
  }

  function draw(list) {
    body.replaceChildren(...list.items.map((row) => h('tr', {}, columns.map((column) => {
      const kinds = ['number', 'wide', 'minor', 'name'].filter((kind) => column[kind]).join(' ');
      const content = column.cell(row);
      return h('td', { 'data-label': column.label, class: kinds || null }, h('div', { title: column.name ? content : null }, content));
    }))));
    frame.hidden = list.items.length === 0;
    pages.show(list);
    states.replaceChildren(...(list.items.length ? [] : [nothing()]));
  }

  function nothing() {
    const isFiltered = filters.some((filter) => wanted[filter.name]) || wanted.offset;
    if (!isFiltered) return emptiness(empty?.text ?? t('Nothing yet.'), empty?.action);
    return emptiness(t('Nothing matches.'), h('button', { type: 'button', onclick: clear }, t('Clear filters')));
  }

  function clear() {
    bar?.clear();
    return ask(Object.fromEntries([...filters.map((filter) => [filter.name, '']), ['offset', '']]));
  }

  body.append(h('tr', {}, h('td', { colspan: columns.length, class: 'faint' }, t('Loading…'))));
  reload();
  return { node, reload, asked: () => ({ ...wanted, ...fixed }) };
}

/** A table of rows that are here already. */
export function plainTable({ caption, columns, rows }) {
  return h('div', { class: 'table-frame', role: 'region', 'aria-label': caption, tabindex: '0' }, h('table', {},
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, columns.map((column) =>
      h('th', { scope: 'col', class: column.number ? 'number' : null }, column.label)))),
    h('tbody', {}, rows.map((row) => h('tr', {}, columns.map((column) =>
      h('td', { 'data-label': column.label, class: column.number ? 'number' : null }, h('div', {}, column.cell(row)))))))));
}
