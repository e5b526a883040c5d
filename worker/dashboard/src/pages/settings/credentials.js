/** Values of X's console that are pasted in the wrong place, told by their form. X's console shows the pair of OAuth 1.0a first. */

const OF_IDS = [
  [/^[A-Za-z0-9]{25}$/, "This is the API Key of OAuth 1.0a: 25 letters and digits. Copy the OAuth 2.0 Client ID, which is longer and stands further down."],
  [/^\d+-[A-Za-z0-9]{40}$/, "This is an Access Token of OAuth 1.0a. Copy the OAuth 2.0 Client ID, which stands further down."],
  [/^A{10}/, "This is the app's Bearer Token. Copy the OAuth 2.0 Client ID, which stands further down."],
];
const OF_SECRETS = [
  [/^[A-Za-z0-9]{45}$/, "This is the Access Token Secret of OAuth 1.0a. Copy the OAuth 2.0 Client Secret, beside the Client ID."],
  [/^A{10}/, "This is the app's Bearer Token. Copy the OAuth 2.0 Client Secret, beside the Client ID."],
];

const mistakeIn = (text, forms) => forms.find(([form]) => form.test(text.trim()))?.[1];

export const mistakeInId = (text) => mistakeIn(text, OF_IDS);
export const mistakeInSecret = (text) => mistakeIn(text, OF_SECRETS);
