import "@latchkey/connect-x/define";
import "@latchkey/connect-x/elements";
import { createApp } from "vue";
import App from "./App.vue";

createApp(App).mount("#app");
