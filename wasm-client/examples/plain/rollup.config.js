import { nodeResolve } from "@rollup/plugin-node-resolve";

export default { input: "main.ts", output: { dir: "dist/rollup" }, plugins: [nodeResolve()] };
