//! The descriptor as text, pinned: a changed number or name shows here.

use std::fmt::Write as _;

use prost::Message as _;
use prost_types::{FileDescriptorSet, field_descriptor_proto::Label};
use walnut_rpc::{Method, proto::FILE_DESCRIPTOR_SET};

fn dump() -> String {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let file = set.file.iter().find(|file| file.package() == "rpc.v1").unwrap();
    let mut text = format!("package {} in {}\n", file.package(), file.name());
    let short = |name: &str| name.rsplit('.').next().unwrap().to_owned();
    for service in &file.service {
        writeln!(text, "\nservice {}", service.name()).unwrap();
        for method in &service.method {
            let stream = if method.server_streaming() { "stream " } else { "" };
            assert!(!method.client_streaming());
            let (input, output) = (short(method.input_type()), short(method.output_type()));
            writeln!(text, "  {}: {input} -> {stream}{output}", method.name()).unwrap();
        }
    }
    for message in &file.message_type {
        writeln!(text, "\nmessage {}", message.name()).unwrap();
        for field in &message.field {
            let kind = match field.type_name() {
                "" => format!("{:?}", field.r#type()).to_lowercase(),
                name => short(name),
            };
            let presence = if field.proto3_optional() {
                "optional "
            } else if field.label() == Label::Repeated {
                "repeated "
            } else if field.oneof_index.is_some() {
                "oneof "
            } else {
                ""
            };
            writeln!(text, "  {}: {presence}{kind} {}", field.number(), field.name()).unwrap();
        }
    }
    for enumeration in &file.enum_type {
        writeln!(text, "\nenum {}", enumeration.name()).unwrap();
        for value in &enumeration.value {
            writeln!(text, "  {}: {}", value.number(), value.name()).unwrap();
        }
    }
    text
}

#[test]
fn descriptor_is_pinned() {
    let expected = include_str!("descriptor.txt");
    let found = dump();
    assert!(found == expected, "the wire format changed; the descriptor now reads:\n{found}");
}

#[test]
fn every_method_is_named_as_in_the_descriptor() {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let services: Vec<_> = set.file.iter().flat_map(|file| &file.service).collect();
    let service = services.iter().find(|service| service.name() == "ValidatorNode").unwrap();
    let paths: Vec<_> =
        service.method.iter().map(|method| format!("/rpc.v1.ValidatorNode/{}", method.name())).collect();
    assert_eq!(paths.len(), 23);
    for method in Method::ALL {
        assert!(paths.iter().any(|path| path == method.path), "{method:?}");
        let camel = method.path.rsplit('/').next().unwrap();
        let snake = camel.chars().fold(String::new(), |mut text, letter| {
            if letter.is_uppercase() && !text.is_empty() {
                text.push('_');
            }
            text.extend(letter.to_lowercase());
            text
        });
        assert_eq!(snake, method.name);
    }
    assert_eq!(Method::ALL.len(), 23);
}
