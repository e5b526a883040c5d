import { Accounts } from "./accounts";

export default function Page() {
  return (
    <>
      <h1>Accounts</h1>
      <Accounts />
    </>
  );
}
