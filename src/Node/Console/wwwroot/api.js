// The operations API, with the token somebody signed in with. The token is in this tab's session storage and nowhere else.

const key = 'admin-token';
let onDenied = () => {};

export const token = () => sessionStorage.getItem(key);
export const keepToken = value => sessionStorage.setItem(key, value);
export const forgetToken = () => sessionStorage.removeItem(key);
export const whenDenied = denied => { onDenied = denied; };

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const headers = () => ({ Authorization: `Bearer ${token()}` });

/** What to tell the person when an answer is none that was hoped for. */
export async function explain(response) {
  try {
    const problem = await response.json();
    return problem.detail ?? problem.title ?? response.statusText;
  } catch {
    return `${response.status} ${response.statusText}`;
  }
}

/** call('GET', 'rooms') -> what the node answers, or null where that is nothing. Throws ApiError; status 0: no node answered. */
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers: body === undefined ? headers() : { ...headers(), 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw new ApiError(0, 'the node does not answer');
  }
  if (response.ok)
    return response.status === 204 || response.headers.get('Content-Length') === '0' ? null : response.json();
  const error = new ApiError(response.status, await explain(response));
  if (response.status === 401)
    onDenied(error.message);
  throw error;
}

export const segment = encodeURIComponent;

/** joe@acme.example is joe of that domain, joe is of the default domain. */
export const localOf = name => name.split('@', 1)[0];
/** '@acme.example', or ''. */
export const domainOf = name => name.slice(localOf(name).length);
/** Before the paths of what is in the domain of a name. */
export const under = name => domainOf(name) && `domains/${segment(domainOf(name).slice(1))}/`;
/** 'acme.example' -> 'domains/acme.example/'; null -> '': the default domain. */
export const inDomain = domain => domain === null ? '' : `domains/${segment(domain)}/`;
/** inFull('standup', 'acme.example') -> 'standup@acme.example' */
export const inFull = (name, domain) => domain === null || domain === 'default' ? name : `${name}@${domain}`;
/** place('rooms', 'standup@acme.example') -> 'domains/acme.example/rooms/standup' */
export const place = (kind, name) => `${under(name)}${kind}/${segment(localOf(name))}`;
