// The page's address is in the fragment: `#/keys/3?q=ada`. Rooms are modules that are loaded when they are first entered.

/** What is not encoded well stands for itself, and for no row. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The fragment as `{path, parts, query}`. */
export function place() {
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(decoded);
  return { path, parts, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** A link to a place of the page. */
export function link(parts, query = {}) {
  const set = Object.entries(query).filter(([, value]) => value !== '' && value !== null && value !== undefined);
  const tail = set.length ? `?${new URLSearchParams(set)}` : '';
  return `#/${[parts].flat().map(encodeURIComponent).join('/')}${tail}`;
}

export function go(parts, query) {
  location.hash = link(parts, query);
}

/** Changes the query without entering the room anew: a table's filters, so that a reload and Back keep them. */
export function keepQuery(query) {
  history.replaceState(null, '', link(place().parts, query));
}
