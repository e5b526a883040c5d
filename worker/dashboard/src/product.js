/**
 * What the dashboard is called. Its document alone has the name: the page of consent loads the same scripts, and whoever lets an
 * assistant in there knows the operator, not us. So this is read before anything changes the title.
 */
export const PRODUCT = document.title;
