// What the token somebody signed in with is good for.

const whole = { domain: null, rights: ['read', 'moderate', 'manage', 'operate'] };
let scope = whole;

/** caller: as the API tells it; null: not known, and every refusal will say so itself. */
export const setScope = caller => { scope = caller ?? whole; };
/** The only domain it is for, or null. */
export const ownDomain = () => scope.domain;
/** may('manage') */
export const may = right => scope.rights.includes(right);
