// A form. Whatever fails, what was typed stays; an error stands at the field that the API names.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { whileBusy } from './busy.js';
import { makeField } from './field.js';

const forms = new WeakMap();
const formsIn = (root) => [...root.querySelectorAll('form')].map((node) => forms.get(node)).filter(Boolean);

/** What was typed into the forms beneath `root`, for `putDrafts` on the same forms drawn anew. */
export const takeDrafts = (root) => formsIn(root).map((entry) => entry.draft());
export const putDrafts = (root, drafts) => formsIn(root).forEach((entry, index) => entry.restore(drafts[index]));

/**
 * Fields, and a button that runs `submit(values, changes)`: all values by name, and those that differ from what was shown.
 * Answers `{node, focus, isChanged, read, field, replace, draft, restore}`.
 */
export function form({ fields, submitLabel, submit, cancel, danger = false, extra }) {
  let made = new Map();
  const grid = h('div', { class: 'form-grid' });
  const problem = h('div', { class: 'notice bad', role: 'alert', hidden: true });
  const go = h('button', { type: 'submit', class: danger ? 'danger' : 'primary' }, submitLabel);
  const node = h('form', { novalidate: true, autocomplete: 'off', onsubmit: onSubmit }, grid, extra, problem,
    h('div', { class: 'form-actions' }, cancel && h('button', { type: 'button', onclick: cancel }, t('Cancel')), go));

  const typed = () => [...made].filter(([, field]) => field.isChanged()).map(([name, field]) => [name, field.kind, field.raw()]);

  function put(values) {
    for (const [name, kind, value] of values) {
      const field = made.get(name);
      if (field?.kind === kind && field.raw() !== value) field.put(value);
    }
  }

  /** Also what the form's owner has drawn by since, such as the choice that its fields follow. */
  const differing = () => [...made].filter(([name, field]) => field.isChanged() || (first.has(name) && first.get(name) !== field.raw()))
    .map(([name, field]) => [name, field.kind, field.raw()]);

  const draft = () => ({ values: differing(), isUnfolded: Boolean(grid.querySelector('details')?.open) });

  /** Puts a draft back, field by field: a choice may change which fields come after it. */
  function restore(kept) {
    if (!kept) return;
    for (const value of kept.values) {
      put([value]);
      made.get(value[0])?.input.dispatchEvent(new Event('change', { bubbles: true }));
    }
    const details = grid.querySelector('details');
    if (details) details.open = kept.isUnfolded;
  }

  /** Other fields; those of the same name keep what was typed. */
  function replace(next) {
    const kept = typed();
    made = new Map(next.map((field) => [field.name, makeField(field)]));
    put(kept);
    const nodes = [];
    let folded = null;
    for (const field of next) {
      if (field.folded) folded ??= h('div', { class: 'form-grid' });
      if (field.folded) folded.append(made.get(field.name).node);
      else nodes.push(made.get(field.name).node);
    }
    if (folded) nodes.push(h('details', { class: 'field-wide' }, h('summary', {}, t('More settings')), folded));
    grid.replaceChildren(...nodes);
  }

  function read() {
    const values = {};
    const changes = {};
    let first = null;
    for (const [name, field] of made) {
      try {
        values[name] = field.read();
        if (field.isChanged()) changes[name] = values[name];
        field.fault(null);
      } catch (error) {
        field.fault(error.message);
        first ??= field;
      }
    }
    if (!first) return { values, changes };
    reveal(first);
    return null;
  }

  function reveal(field) {
    const details = field.node.closest('details');
    if (details) details.open = true;
    field.focus();
  }

  /** The field that the API means: `config.timeouts.total_ms` is a matter of `config.timeouts` where there is such a field. */
  function fieldOf(param) {
    for (let name = param; name; name = name.replace(/[.[]?[^.[]*$/, '')) if (made.has(name)) return made.get(name);
    return made.get(param.split('.').at(-1));
  }

  function show(error) {
    const field = fieldOf(error.param ?? '');
    if (field) {
      field.fault(error.message);
      reveal(field);
      return;
    }
    problem.replaceChildren(h('p', {}, error.message),
      error.requestID ? h('p', { class: 'faint' }, t('Request id'), ' ', h('code', {}, error.requestID)) : '');
    problem.hidden = false;
  }

  async function onSubmit(event) {
    event.preventDefault();
    problem.hidden = true;
    const entered = read();
    if (!entered) return;
    await whileBusy(go, async () => {
      node.setAttribute('aria-busy', 'true');
      try {
        await submit(entered.values, entered.changes);
      } catch (error) {
        show(error);
      } finally {
        node.removeAttribute('aria-busy');
        node.dispatchEvent(new Event('settled', { bubbles: true }));
      }
    });
  }

  replace(fields);
  const first = new Map([...made].map(([name, field]) => [name, field.raw()]));
  forms.set(node, { draft, restore });
  return {
    node, replace, read, draft, restore,
    field: (name) => made.get(name),
    focus: () => (made.values().next().value ?? { focus: () => go.focus() }).focus(),
    isChanged: () => [...made.values()].some((field) => field.isChanged()),
  };
}
