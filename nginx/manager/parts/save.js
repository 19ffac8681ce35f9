// A file for the reader's disk.

import { h } from '../app/element.js';

/**
 * Asks where a response is to be saved, and answers what saves it there; null when the reader decides against it. It has to be
 * asked right after a click, before the request. Piece by piece onto the disk where the browser can (Chromium), else by way of memory.
 */
export async function chooseFile(name, type, ending) {
  const viaMemory = async (response) => saveFile(name, await response.blob());
  if (!('showSaveFilePicker' in window)) return viaMemory;
  try {
    const file = await window.showSaveFilePicker({ suggestedName: name, types: [{ accept: { [type]: [ending] } }] });
    return async (response) => response.body.pipeTo(await file.createWritable());
  } catch (error) {
    // A policy of the browser's may forbid the question, which is no reason to save nothing.
    return error.name === 'AbortError' ? null : viaMemory;
  }
}

const TAIL = 1000;

/** The same response, and `tail()`: the end of what has gone by, as text. */
export function withTail(response) {
  let last = new Uint8Array();
  const keep = new TransformStream({
    transform: (piece, controller) => {
      last = Uint8Array.of(...last, ...piece.slice(-TAIL)).slice(-TAIL);
      controller.enqueue(piece);
    },
  });
  return { response: new Response(response.body.pipeThrough(keep), response), tail: () => new TextDecoder().decode(last) };
}

export function saveFile(name, blob) {
  const url = URL.createObjectURL(blob);
  const anchor = h('a', { href: url, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
