import "./index.js";

export {};
