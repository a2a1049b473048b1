// Unpack the Chromium of @sparticuz/chromium beside this file. The result, `chromium`, is a script:
// it adds the libraries and fonts that a bare machine lacks and becomes the browser.
import { execFileSync } from "node:child_process";
import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createBrotliDecompress } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const packed = join(here, "node_modules", "@sparticuz", "chromium", "bin");

async function unpack(name, target, mode) {
  const source = createReadStream(join(packed, name));
  await pipeline(source, createBrotliDecompress(), createWriteStream(join(here, target), { mode }));
}

await unpack("chromium.br", "chromium-binary", 0o755);
for (const archive of ["al2023", "fonts", "swiftshader"]) {
  await unpack(`${archive}.tar.br`, `${archive}.tar`, 0o644);
  execFileSync("tar", ["-xf", `${archive}.tar`], { cwd: here });
  execFileSync("rm", [`${archive}.tar`], { cwd: here });
}
writeFileSync(
  join(here, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(here, "fonts")}</dir>
  <cachedir>${join(here, "font-cache")}</cachedir>
</fontconfig>
`,
);
writeFileSync(
  join(here, "chromium"),
  `#!/bin/sh
export LD_LIBRARY_PATH="${join(here, "lib")}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="${join(here, "fonts.conf")}"
exec "${join(here, "chromium-binary")}" "$@"
`,
  { mode: 0o755 },
);
