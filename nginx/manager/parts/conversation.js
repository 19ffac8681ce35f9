// Messages as they were sent, of OpenAI's shape or Anthropic's, as text and nothing but text.

import { h } from '../app/element.js';
import { t } from '../app/i18n.js';

const NAMES = { user: () => t('User'), assistant: () => t('Model'), system: () => t('System'), developer: () => t('System'), tool: () => t('Tool') };

/** One speaker's part. */
export function turn(role, ...content) {
  const parts = content.flat().filter(Boolean).map((part) => (typeof part === 'string' ? h('p', { class: 'said' }, part) : part));
  return h('div', { class: `turn ${role in NAMES ? role : ''}` }, h('h3', {}, NAMES[role]?.() ?? role),
    parts.length ? parts : h('p', { class: 'faint' }, t('No text was recorded.')));
}

/** The model's answer of a record: reasoning, text, calls of tools. */
export const answerTurn = (call) => turn('assistant', thought(call.reasoning), call.completion, ...(call.tool_calls ?? []).map(toolCall));

/** All that was sent, where it was recorded; else the last thing that the user said. */
export const promptTurns = (call) => (Array.isArray(call.whole_prompt)
  ? call.whole_prompt.map((message) => turn(message.role, messageParts(message))) : [turn('user', call.prompt)]);

/** What the model thought, folded. */
export const thought = (text) => text && h('details', {}, h('summary', {}, t('Reasoning')), h('p', { class: 'said' }, text));

function messageParts(message) {
  const content = Array.isArray(message.content) ? message.content.map(contentPart) : [message.content ?? ''];
  return [thought(message.reasoning_content), ...content, ...(message.tool_calls ?? []).map(toolCall)];
}

function contentPart(part) {
  if (typeof part === 'string') return part;
  if (part.type === 'text' || part.type === 'input_text' || part.type === 'output_text') return part.text;
  // Records say `reasoning` with a `text` and `arguments`, Anthropic's own messages `thinking` and `input`.
  if (part.type === 'thinking' || part.type === 'reasoning') return thought(part.text ?? part.thinking);
  if (part.type === 'tool_use') return toolCall(part);
  if (part.type === 'tool_result') return block(t('Result of {id}', { id: part.tool_use_id }), part.content);
  return block(part.type ?? t('Part'), part);
}

const toolCall = (call) => block(t('Calls {name}', { name: call.function?.name ?? call.name ?? call.type }),
  call.function?.arguments ?? call.arguments ?? call.input ?? '');

const block = (title, value) => h('div', { class: 'call' }, h('strong', {}, title),
  h('pre', {}, typeof value === 'string' ? value : JSON.stringify(value, null, 2)));
