use worker::{Context, Env, Request, Response, Result, event, durable_object, DurableObject, State};
#[event(fetch)]
async fn fetch(_req: Request, _env: Env, _ctx: Context) -> Result<Response> { Response::ok("hi") }
#[durable_object]
pub struct Foo { state: State }
impl std::panic::UnwindSafe for Foo {}
impl std::panic::RefUnwindSafe for Foo {}
impl DurableObject for Foo {
    fn new(state: State, _env: Env) -> Self { Self { state } }
    async fn fetch(&self, _req: Request) -> Result<Response> { Response::ok("x") }
}
