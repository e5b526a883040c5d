/** A name as it is shown: without the marks that turn the direction of a text (UAX #9), which would turn more than the name. */
export const shown = (name = "") => name?.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
