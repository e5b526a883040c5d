/** Three mistakes in the template of each framework: a mode that is none, a field that no event has, and a session that is none. */

const jsx = (framework, attribute, property, event) => [
  "src/wrong.tsx",
  `import "@latchkey/connect-x/${framework}";
export const mode = <connect-x ${attribute}mode="window" />;
export const field = <connect-x ${event}connected={({ detail }) => detail.token} />;
export const session = <connect-x ${property}fetchSession={async () => 1} />;
`,
];

export const WRONG = {
  react: jsx("react", "", "", "on"),
  preact: jsx("preact", "", "", "on"),
  solid: jsx("solid", "attr:", "prop:", "on:"),
  vue: [
    "src/Wrong.vue",
    `<script setup lang="ts">
import "@latchkey/connect-x/vue";
</script>
<template>
  <connect-x mode="window" />
  <connect-x @connected="({ detail }) => detail.token" />
  <connect-x :fetchSession="async () => 1" />
</template>
`,
  ],
  svelte: [
    "src/Wrong.svelte",
    `<script lang="ts">
  import "@latchkey/connect-x/svelte";
</script>
<connect-x mode="window"></connect-x>
<connect-x onconnected={({ detail }) => detail.token}></connect-x>
<connect-x fetchSession={async () => 1}></connect-x>
`,
  ],
};
