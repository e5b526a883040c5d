use latchkey_core::api::code::Code;
use latchkey_core::api::media::{ConfirmUpload, NewMedia, NewUpload};
use latchkey_core::media::upload::MAX_PARTS;
use latchkey_core::media::{Kind, Status};
use serde_json::{Map, Value, json};

use super::Part;
use crate::operation::{Auth, Operation};
use crate::schema::{
    a, between, body, bytes, characters, count, id, nullable, page_of, record, row, said, success, text, words,
    words_of,
};

pub fn part() -> Result<Part, String> {
    let new = body::<NewUpload>(
        json!({
            "filename": characters(1, 255), "content_type?": nullable(text()), "size?": nullable(count()),
            "tenant_id?": nullable(a("TenantIdInput")),
        }),
        &[],
    )?;
    let direct = body::<NewMedia>(
        json!({
            "url?": said("A public https address of the file, in place of `data`.", nullable(text())),
            "data?": said("The bytes in base64, in place of `url`: at most 512 KiB before the encoding.", nullable(text())),
            "filename?": said("A name for lists; default the last part of the address.", nullable(characters(0, 255))),
            "alt_text?": said("What is to be seen, for people who do not see it.", nullable(characters(0, 1000))),
            "tenant_id?": said("Whose file it is.", nullable(a("TenantIdInput"))),
        }),
        &[],
    )?;
    let confirm = body::<ConfirmUpload>(json!({ "size?": nullable(count()) }), &[])?;
    let by_address = |operation: Operation| {
        operation
            .by(Auth::None)
            .query("expires", text(), "Of the address, as it was given.")
            .query("token", text(), "Of the address, as it was given.")
            .refuses(&[Code::InvalidPayload, Code::InvalidSessionToken, Code::SessionExpired])
    };
    let any_file = || json!({ "application/octet-stream": { "schema": bytes() } });
    // The last one is for clients that know bytes by no other name.
    let types = || Kind::ALL.iter().map(|kind| kind.mime()).chain(["application/octet-stream"]);
    let files =
        || Value::Object(types().map(|mime| (mime.to_owned(), json!({ "schema": bytes() }))).collect::<Map<_, _>>());
    let one = || success(json!({ "data": a("Media") }));
    let announced = row("Upload", json!({ "id": id("med"), "upload_url": text(), "expires_in": count() }));
    let received = row(
        "ReceivedBytes",
        json!({ "id": id("med"), "part": nullable(count()), "size": count(), "received": count() }),
    );
    let pagination = row(
        "MediaPagination",
        json!({
            "limit": count(), "offset": count(), "total": count(), "after": nullable(text()), "count": count(),
        }),
    );
    let operations = vec![
        Operation::new("POST", "/v1/media/upload", "createUpload", "Announces a file")
            .takes(new)
            .answers(200, "Where its bytes go.", success(json!({ "data": announced })))
            .refuses(&[Code::UnsupportedMedia, Code::MediaTooLarge, Code::TooManyUploads]),
        Operation::new("POST", "/v1/media", "storeMedia", "Stores a file in one call, by its address or from the body")
            .takes(direct)
            .answers(201, "Active.", success(json!({ "data": a("Media"), "warnings": a("Warnings") })))
            .refuses(&[
                Code::MediaUrlRefused,
                Code::UnsupportedMedia,
                Code::MediaTooLarge,
                Code::TooManyUploads,
                Code::NotFound,
            ]),
        by_address(Operation::new("PUT", "/v1/media/{id}/upload", "sendUpload", "Its bytes, whole or in parts"))
            .query("part", between(1, MAX_PARTS.into()), "Which part; absent: the whole file.")
            .takes_content(any_file())
            .answers(200, "How much has come.", success(json!({ "data": received })))
            .refuses(&[Code::SessionSpent, Code::InFlight, Code::UnsupportedMedia, Code::MediaTooLarge]),
        Operation::new(
            "POST",
            "/v1/media/{id}/confirm",
            "confirmUpload",
            "Checks the bytes; from then on they can be posted",
        )
        .may_take(confirm)
        .answers(200, "Active.", success(json!({ "data": a("Media"), "warnings": a("Warnings") })))
        .refuses(&[Code::UnsupportedMedia, Code::MediaTooLarge, Code::SessionExpired]),
        Operation::new("GET", "/v1/media", "listMedia", "Files, newest first")
            .query("tenant_id", text(), "Of this tenant; also `tenantId`.")
            .query("status", words_of::<Status>("MediaStatus"), "In this state.")
            .lists(page_of("Media", json!({ "pagination": pagination }))),
        Operation::new("GET", "/v1/media/{id}", "getMedia", "One file").answers(200, "With a fresh address.", one()),
        Operation::new("DELETE", "/v1/media/{id}", "deleteMedia", "Deletes it, bytes and all")
            .answers(200, "Gone.", success(json!({ "message": text() })))
            .refuses(&[Code::InFlight]),
        by_address(Operation::new("GET", "/v1/media/{id}/file", "getFile", "The bytes"))
            .header("Range", text(), "One range in bytes (RFC 9110 §14.2).")
            .answers_content(200, "All of them.", files())
            .answers_content(206, "The range.", files())
            .answers_nothing(416, "There is no such range."),
        by_address(Operation::new("HEAD", "/v1/media/{id}/file", "getFileHead", "Its size and type"))
            .answers_nothing(200, "It is there."),
    ];
    let media = record(json!({
        "id": id("med"), "tenant_id": nullable(a("TenantId")), "filename": text(), "alt_text": nullable(text()), "url": nullable(text()),
        "content_type": media_type(), "size": nullable(count()), "received": count(), "status": words_of::<Status>("MediaStatus"),
        "created_at": a("Time"), "expires_at": a("Time"),
    }));
    Ok(Part::new("Media", operations, [("Media", media)]))
}

pub fn media_type() -> Value {
    words("MediaType", &Kind::ALL.iter().map(|kind| kind.mime()).collect::<Vec<_>>())
}
