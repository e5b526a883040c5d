import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";
import { mount } from "svelte";
import App from "./App.svelte";

mount(App, { target: document.getElementById("app")! });
