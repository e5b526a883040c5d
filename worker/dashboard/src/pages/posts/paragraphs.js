/** Paragraphs, between empty lines: what is pasted as several may be a thread. */

const EMPTY_LINE = /\n[^\S\n]*\n\s*/;

export const paragraphsOf = (text) => text.replaceAll("\r\n", "\n").split(EMPTY_LINE).map((part) => part.trim()).filter(Boolean);
