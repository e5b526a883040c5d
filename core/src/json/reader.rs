//! The deserializer. Whatever does not depend on the wanted type is in functions without type parameters.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::{Mistake, Path, Step};

type Result<T> = std::result::Result<T, Mistake>;

/// A value, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Reader<'p, 'a> {
    pub value: &'a Value,
    pub path: &'p Path<'a>,
    /// How many steps lead to the value.
    pub depth: usize,
}

impl<'p, 'a> Reader<'p, 'a> {
    fn text(&self, expected: &dyn Expected) -> Result<&'a str> {
        self.value.as_str().ok_or_else(|| Mistake::expected(expected))
    }

    fn flag(&self, expected: &dyn Expected) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| Mistake::expected(expected))
    }

    fn natural(&self, expected: &dyn Expected) -> Result<u64> {
        self.value.as_u64().ok_or_else(|| Mistake::expected(expected))
    }

    fn whole(&self, expected: &dyn Expected) -> Result<i64> {
        self.value.as_i64().ok_or_else(|| Mistake::expected(expected))
    }

    fn float(&self, expected: &dyn Expected) -> Result<f64> {
        self.value.as_f64().ok_or_else(|| Mistake::expected(expected))
    }

    fn null(&self, expected: &dyn Expected) -> Result<()> {
        self.value.as_null().ok_or_else(|| Mistake::expected(expected))
    }

    fn fields(&self, expected: &dyn Expected) -> Result<Fields<'p, 'a>> {
        match self.value {
            Value::Object(fields) => Ok(Fields { rest: fields.iter(), value: *self, around: *self }),
            _ => Err(Mistake::expected(expected)),
        }
    }

    fn elements(&self, expected: &dyn Expected) -> Result<Elements<'p, 'a>> {
        match self.value {
            Value::Array(elements) => Ok(Elements { rest: elements, taken: 0, around: *self }),
            _ => Err(Mistake::expected(expected)),
        }
    }

    /// `"Variant"`, or `{"Variant": content}`.
    fn variant(&self) -> Result<Variant<'p, 'a>> {
        let (name, content) = match self.value {
            Value::String(name) => (name, None),
            Value::Object(fields) => match (fields.iter().next(), fields.len()) {
                (Some((name, content)), 1) => (name, Some(content)),
                _ => return Err(Mistake::expected(&"map with a single key")),
            },
            _ => return Err(Mistake::expected(&"string or map")),
        };
        Ok(Variant { name, content, around: *self })
    }

    /// A value inside this one.
    fn inside(&self, step: Step<'a>, value: &'a Value) -> Self {
        self.path.go(self.depth, Some(step));
        Self { value, path: self.path, depth: self.depth + 1 }
    }

    /// All inside this value was read.
    fn is_read(&self) {
        self.path.go(self.depth, None);
    }
}

/// What is left of an object's fields.
struct Fields<'p, 'a> {
    rest: serde_json::map::Iter<'a>,
    /// Of the field that was named last.
    value: Reader<'p, 'a>,
    around: Reader<'p, 'a>,
}

impl<'a> Fields<'_, 'a> {
    fn next(&mut self) -> Option<&'a str> {
        let Some((name, value)) = self.rest.next() else {
            self.around.is_read();
            return None;
        };
        self.value = self.around.inside(Step::Name(name), value);
        Some(name)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, '_> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>> {
        match self.next() {
            Some(name) => seed.deserialize(Name(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value> {
        seed.deserialize(self.value)
    }
}

/// What is left of an array's elements.
struct Elements<'p, 'a> {
    rest: &'a [Value],
    taken: usize,
    around: Reader<'p, 'a>,
}

impl<'p, 'a> Elements<'p, 'a> {
    fn next(&mut self) -> Option<Reader<'p, 'a>> {
        let Some((value, rest)) = self.rest.split_first() else {
            self.around.is_read();
            return None;
        };
        let element = self.around.inside(Step::Index(self.taken), value);
        (self.rest, self.taken) = (rest, self.taken + 1);
        Some(element)
    }

    fn end(&self) -> Result<()> {
        if self.rest.is_empty() {
            return Ok(());
        }
        self.around.is_read();
        Err(Mistake::expected(&"fewer elements in array"))
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, '_> {
    type Error = Mistake;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>> {
        match self.next() {
            Some(element) => seed.deserialize(element).map(Some),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Variant<'p, 'a> {
    name: &'a str,
    content: Option<&'a Value>,
    around: Reader<'p, 'a>,
}

impl<'p, 'a> Variant<'p, 'a> {
    fn content(&self, expected: &dyn Expected) -> Result<Reader<'p, 'a>> {
        let inside = self.around.inside(Step::Name(self.name), self.content.unwrap_or(&Value::Null));
        if self.content.is_some() { Ok(inside) } else { Err(Mistake::expected(expected)) }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = Mistake;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self)> {
        Ok((seed.deserialize(Name(self.name))?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<()> {
        if self.content.is_none() { Ok(()) } else { self.content(&"unit")?.null(&"unit") }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self.content(&"newtype variant")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value> {
        self.content(&"tuple variant")?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.content(&"struct variant")?.deserialize_map(visitor)
    }
}

impl<'de> Deserializer<'de> for Reader<'_, '_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(*flag),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(natural), _) => visitor.visit_u64(natural),
                (None, Some(whole)) => visitor.visit_i64(whole),
                (None, None) => self.deserialize_f64(visitor),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let flag = self.flag(&visitor)?;
        visitor.visit_bool(flag)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let natural = self.natural(&visitor)?;
        visitor.visit_u64(natural)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let whole = self.whole(&visitor)?;
        visitor.visit_i64(whole)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let float = self.float(&visitor)?;
        visitor.visit_f64(float)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let text = self.text(&visitor)?;
        visitor.visit_str(text)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        self.null(&visitor)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let mut elements = self.elements(&visitor)?;
        let read = visitor.visit_seq(&mut elements)?;
        elements.end().map(|()| read)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let fields = self.fields(&visitor)?;
        visitor.visit_map(fields)
    }

    /// An object: an array has no names, and another copy of the reader would take the elements by their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(self.variant()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf }
}

/// The name of a field or a variant.
struct Name<'a>(&'a str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Mistake;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        visitor.visit_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        StrDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
