/** The operator's page. `app.jsx` is the frame; what stands in it is in `pages.js`. */

import { render } from "preact";
import { App } from "./app.jsx";
import { wear } from "./brand.js";

wear();
render(<App />, document.getElementById("app"));
