/** The time zone of the calendar: the browser's own, or one that somebody has chosen in this browser. */

import { useState } from "preact/hooks";
import { HERE } from "../../format.js";
import { Button } from "../../ui/button.jsx";
import { Dialog } from "../../ui/dialog.jsx";
import { Select } from "../../ui/field.jsx";
import { Form } from "../../ui/form.jsx";
import { zoneAt } from "../posts/time.js";

const KEPT_AS = "time-zone";

function kept() {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: localStorage.getItem(KEPT_AS) ?? HERE }).resolvedOptions().timeZone;
  } catch {
    return HERE;
  }
}

/** `[zone, choose]`. */
export function useZone() {
  const [zone, setZone] = useState(kept);
  const choose = (name) => {
    setZone(name);
    try {
      localStorage.setItem(KEPT_AS, name);
    } catch {
      // A browser that keeps nothing has the zone until the page is left.
    }
  };
  return [zone, choose];
}

/** With the offset of the days that are shown. */
export function ZoneButton({ zone, days, onChoose }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button kind="quiet" icon="clock" onPress={() => setOpen(true)} aria-haspopup="dialog"><span><span class="unseen">Time zone: </span>{zoneAt(zone, `${days[0]}T00:00`, `${days.at(-1)}T23:59`)}</span></Button>
      {isOpen && <Choose zone={zone} onChoose={onChoose} onClose={() => setOpen(false)} />}
    </>
  );
}

function Choose({ zone, onChoose, onClose }) {
  const [wanted, setWanted] = useState(zone);
  const names = [...new Set([HERE, zone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
  const choose = async () => {
    onChoose(wanted);
    onClose();
  };
  return (
    <Dialog title="Time zone of the calendar" onClose={onClose}>
      <Form send="Use it" onSend={choose} extra={<Button kind="quiet" onPress={onClose}>Cancel</Button>}>
        {() => <Select label="Time zone" value={wanted} options={names.map((name) => [name, name === HERE ? `${name}, as in this browser` : name])} onText={setWanted} hint="In this browser, until you choose another" />}
      </Form>
    </Dialog>
  );
}
