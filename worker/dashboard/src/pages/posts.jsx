/** What was published and will be: `#/posts` the list, `/new` and `/{id}/edit` the composer, `/{id}` one post. */

import { Compose } from "./posts/compose.jsx";
import { List } from "./posts/list.jsx";
import { PostPage } from "./posts/post.jsx";

export default function Posts({ route, session }) {
  const [, id, part] = route.path;
  if (id === "new") return <Compose key="new" at={route.query.get("at")} session={session} />;
  if (part === "edit") return <Compose key={id} id={id} session={session} />;
  return id ? <PostPage key={id} id={id} session={session} /> : <List query={route.query} session={session} />;
}
