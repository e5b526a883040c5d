import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

/** Without this line Vue looks for a component of its own. */
const isCustomElement = (tag: string) => tag.includes("-");

export default defineConfig({ plugins: [vue({ template: { compilerOptions: { isCustomElement } } })] });
