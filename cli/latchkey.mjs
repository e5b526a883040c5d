#!/usr/bin/env node
/** The program of the package: runs Latchkey on this machine, and deploys it to Cloudflare. The commands are in `commands/`. */

const MIN_NODE = [22, 12];

const USAGE = `usage: npx --no-install latchkey <command>

  dev                  Latchkey, a stand-in for X and a demo site, on this machine
                       [--real] [--port N] [--x-port N] [--site-port N]
  docs                 the guide and the reference of the API as pages, on this machine [--port N]
  deploy               to your Cloudflare account: asks for a name and an address, makes what is missing
                       [--name NAME] [--origin https://…] [--account ID] [--dry-run] [--yes]
                       [--replace-address] [--new-secrets]
  doctor               what is wrong with a deployment, in words
  backup               one sealed file with everything but media files
  upgrade              a backup, then this version of the package [--no-backup]
  rollback             the version that was deployed before, if that version may open the stored data [--to VERSION]

  --env NAME           another deployment of the same folder, such as \`staging\`: its settings are in latchkey.NAME.json; for
                       every command but dev and docs
  --version            the version of the package
  --help               this text`;

const HELP = ["help", "--help", "-h"];
const VERSION = ["version", "--version", "-v"];

const COMMANDS = ["dev", "docs", "deploy", "doctor", "backup", "upgrade", "rollback"];

/** Before anything is loaded: wrangler would end with a stack. */
function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new Error(`Node ${MIN_NODE.join(".")} or newer is needed, and this is Node ${process.versions.node}`);
}

async function main([command, ...args]) {
  if (!command || HELP.includes(command) || args.some((word) => HELP.slice(1).includes(word))) return console.log(USAGE);
  if (VERSION.includes(command)) return console.log((await import("./package.mjs")).VERSION);
  if (!COMMANDS.includes(command)) throw new Error(`there is no command \`${command}\`\n\n${USAGE}`);
  requireNode();
  const { run } = await import(`./commands/${command}.mjs`);
  await run(args);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
