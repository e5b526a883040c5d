export default {
  mode: "production",
  entry: "./main.ts",
  output: { path: `${import.meta.dirname}/dist/webpack` },
  resolve: { extensions: [".ts", ".js"] },
  module: { rules: [{ test: /\.ts$/, loader: "ts-loader", options: { compilerOptions: { noEmit: false } } }] },
};
