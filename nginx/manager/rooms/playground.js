// A streamed chat with any model that the key may use, with what each answer took.

import { api, ROOT } from '../app/api.js';
import { h, uniqueID } from '../app/element.js';
import { t } from '../app/i18n.js';
import { session } from '../app/session.js';
import { showDialog } from '../parts/dialog.js';
import { copyBlock } from '../parts/copy.js';
import { form } from '../parts/form.js';
import { button, heading, section } from '../parts/page.js';
import { curlText, pythonText } from '../parts/snippets.js';
import { turn } from '../parts/conversation.js';
import { emptiness } from '../parts/states.js';
import { answer } from './playground-answer.js';

export default async function playground({ query, signal }) {
  const models = (await api.get('user/model/list', { limit: 1000 }, { signal })).items.map((model) => model.name);
  const title = heading(t('Playground'), { note: t('Calls are made with your own key, and billed to it.') });
  if (!models.length) return [title, emptiness(t('Your key may use no model yet. Ask an administrator.'))];

  // The conversation outlives the room, so that a look at a record does not end it.
  const state = session.remember('playground', begin);
  const { talk } = state;
  const isRefused = Boolean(query.model) && !models.includes(query.model);
  const settings = form({ fields: parameterFields(models, query.model), submitLabel: '', submit: async () => {} });
  settings.node.querySelector('.form-actions').remove();
  if (query.model === undefined) settings.restore(state.settings);
  settings.node.addEventListener('input', () => { state.settings = settings.draft(); });
  const text = h('textarea', {
    id: uniqueID('message'), rows: 3, onkeydown: onKey, oninput: keep, placeholder: t('Ctrl+Enter sends'), value: state.typed,
  });
  const go = h('button', { type: 'submit', class: 'primary' }, t('Send'));
  const stop = h('button', { type: 'button', hidden: true, onclick: () => running?.abort() }, t('Stop'));
  const compose = h('form', { class: 'compose', onsubmit: ask }, h('label', { for: text.id }, t('Your message')), text,
    h('div', { class: 'compose-actions' }, button(t('New conversation'), clear), button(t('As curl'), () => show('curl', curlText)),
      button(t('As Python'), () => show('Python', pythonText)), stop, go));
  let running = null;
  if (!talk.hasChildNodes()) clear();
  signal.addEventListener('abort', () => running?.abort());

  function clear() {
    running?.abort();
    // A list of its own, so that an answer which is still on its way joins the old conversation.
    state.messages = [];
    state.sessionID = newSessionID();
    talk.replaceChildren(h('p', { class: 'faint' }, t('Nothing was said yet.')));
  }

  /** The request's members as the form says, or null with the fault shown. */
  function request() {
    const read = settings.read();
    if (!read) return null;
    const { model, system, ...rest } = read.values;
    const parameters = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== ''));
    return { model, parameters, before: system.trim() ? [{ role: 'system', content: system }] : [] };
  }

  function show(name, make) {
    const asked = request();
    if (!asked) return;
    const next = text.value.trim() ? [...state.messages, { role: 'user', content: text.value }] : state.messages;
    const call = { root: ROOT.href.replace(/\/$/, ''), key: 'YOUR_KEY', ...asked, messages: [...asked.before, ...next] };
    if (!call.messages.length) delete call.messages;
    showDialog(name, [copyBlock(make(call), name)]);
  }

  function onKey(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) compose.requestSubmit();
  }

  async function ask(event) {
    event.preventDefault();
    const asked = request();
    const said = text.value;
    if (!asked || !said.trim() || running) return;
    const { messages } = state;
    if (!messages.length) talk.replaceChildren();
    const question = { role: 'user', content: said };
    const mine = turn('user', said);
    const reply = answer(talk);
    talk.append(mine, reply.node);
    text.value = '';
    keep();
    busy(new AbortController());
    const done = await reply.run({
      model: asked.model, messages: [...asked.before, ...messages, question], ...asked.parameters,
    }, state.sessionID, running.signal);
    // Who has gone on to another field meanwhile stays there.
    const isHere = [document.body, text, go, stop].includes(document.activeElement);
    busy(null);
    if (done !== null) messages.push(question, { role: 'assistant', content: done });
    // What failed can be sent again as it was, also by who has left the room before anything came.
    else if (messages === state.messages && !text.value) {
      text.value = said;
      keep();
    }
    if (isHere && !signal.aborted) text.focus();
  }

  function keep() {
    state.typed = text.value;
  }

  function busy(controller) {
    running = controller;
    go.hidden = Boolean(controller);
    stop.hidden = !controller;
    talk.setAttribute('aria-busy', String(Boolean(controller)));
  }

  const notice = isRefused && h('p', { class: 'notice warn', role: 'alert' },
    t('Your key may not use the model {name}. Choose another.', { name: query.model }));
  return [title, notice, h('div', { class: 'playground' },
    section(t('Conversation'), h('div', { class: 'stack' }, talk, compose)), section(t('Parameters'), settings.node))];
}

const begin = () => ({
  talk: h('div', { class: 'conversation', role: 'log', 'aria-label': t('Conversation'), tabindex: '0' }),
  typed: '',
  settings: null,
});

const newSessionID = () => `playground-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;

/** A model that was asked for and may not be used is replaced by none: another may cost more. */
function parameterFields(models, asked) {
  const isThere = !asked || models.includes(asked);
  const options = models.map((name) => [name, name]);
  return [
    {
      name: 'model', label: t('Model'), kind: 'select', required: !isThere, value: isThere ? asked || models[0] : '',
      options: isThere ? options : [['', t('Choose a model')], ...options],
    },
    { name: 'system', label: t('System prompt'), kind: 'longtext', rows: 3 },
    { name: 'max_tokens', label: t('Most tokens'), kind: 'integer' },
    { name: 'temperature', label: t('Temperature'), kind: 'number' },
    { name: 'top_p', label: 'top_p', kind: 'number' },
    {
      name: 'reasoning_effort', label: t('Reasoning effort'), kind: 'select', value: '',
      options: [['', t('as the model has it')], ...['low', 'medium', 'high'].map((name) => [name, name])],
    },
  ];
}
