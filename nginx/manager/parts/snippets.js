// Ready-made calls. Quoting is done for shell and Python, since a name or prompt may hold anything.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';
import { copyBlock } from './copy.js';

const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const HELLO = [{ role: 'user', content: 'Hello' }];

export function curlText({ root, key, model, messages = HELLO, parameters = {} }) {
  const body = JSON.stringify({ model, messages, stream: true, ...parameters }, null, 2);
  return `curl -N ${root}/v1/chat/completions \\\n  -H ${shell(`Authorization: Bearer ${key}`)} \\\n`
    + `  -H 'Content-Type: application/json' \\\n  -d ${shell(body)}`;
}

/** A value of JSON in Python's own words; texts of JSON are texts of Python. */
function python(value, indent = '    ') {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((item) => python(item, indent)).join(', ')}]`;
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${python(item, indent)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

export function pythonText({ root, key, model, messages = HELLO, parameters = {} }) {
  const more = Object.entries(parameters).map(([name, value]) => `    ${name}=${python(value)},\n`).join('');
  return `from openai import OpenAI\n\nclient = OpenAI(base_url=${python(`${root}/v1`)}, api_key=${python(key)})\n`
    + `stream = client.chat.completions.create(\n    model=${python(model)},\n    messages=${python(messages)},\n${more}    stream=True,\n)\n`
    + 'for chunk in stream:\n    if chunk.choices:\n        print(chunk.choices[0].delta.content or "", end="", flush=True)';
}

export const claudeCodeText = ({ root, key, model }) =>
  `export ANTHROPIC_BASE_URL=${shell(root)}\nexport ANTHROPIC_AUTH_TOKEN=${shell(key)}\nexport ANTHROPIC_MODEL=${shell(model)}\nclaude`;

/** The three, folded, each with a button that copies it. */
export function snippets(call) {
  const folded = (name, text) => h('details', { class: 'snippet' }, h('summary', {}, name), copyBlock(text, name));
  return h('div', {}, h('h3', {}, t('To use it')), folded('curl', curlText(call)), folded('Python', pythonText(call)),
    folded('Claude Code', claudeCodeText(call)));
}
