/** Entry of /embed.js: one script tag registers the element, which fetches the rest when the page is idle. */

import "./classic.js";
import "./connect-x-define.js";
