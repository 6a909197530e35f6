//! How a parameter is described: its unit, range, scale and effect, and the two macros that turn one description into a
//! struct field, a slider, a validation rule, a `--set` target and a sweep axis.

use std::sync::LazyLock;

use super::{ErrorPlace, ParameterError, Parameters, Setting, suggest};

/// What the bare number of a parameter is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// US dollars per coin.
    UsdPerCoin,
    /// US dollars.
    Usd,
    /// Coins.
    Coins,
    /// US dollars that move a book by one unit of log price (a hundredth of it moves the price by about 1 %).
    UsdPerLogPrice,
    /// US dollars per second.
    UsdPerSecond,
    /// A fraction, shown as per cent.
    Fraction,
    /// A fraction per square root of a year, shown as per cent.
    FractionPerRootYear,
    /// Seconds of market time.
    Seconds,
    /// Days of market time.
    Days,
    /// Steps of the simulation.
    Steps,
    /// A multiple.
    Times,
    /// A plain count.
    Count,
    /// A number without dimension.
    Plain,
}

impl Unit {
    /// The symbol behind the shown number; empty for plain numbers.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::UsdPerCoin => "USD/coin",
            Self::Usd => "USD",
            Self::Coins => "coins",
            Self::UsdPerLogPrice => "USD per unit log price",
            Self::UsdPerSecond => "USD/s",
            Self::Fraction => "%",
            Self::FractionPerRootYear => "%/√yr",
            Self::Seconds => "s",
            Self::Days => "d",
            Self::Steps => "steps",
            Self::Times => "×",
            Self::Count | Self::Plain => "",
        }
    }

    /// Shown number = stored number × this factor (100 for fractions).
    pub const fn display_factor(self) -> f64 {
        match self {
            Self::Fraction | Self::FractionPerRootYear => 100.0,
            _ => 1.0,
        }
    }
}

/// How a slider spreads its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly in the logarithm; the range is positive.
    Log,
    /// Zero at the left end, then logarithmic from the given smallest positive value.
    LogFromZero(f64),
}

/// What a change does to a running model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeEffect {
    /// The next step uses the new value.
    Live,
    /// The levered positions are drawn anew around the present price; price and history stay.
    Redraw,
    /// The run starts again from step 0 with the same seed.
    Restart,
}

/// What sort of value a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A real number.
    Real,
    /// A whole number.
    Whole,
    /// On or off.
    Toggle,
    /// One of the named alternatives.
    Choice(&'static [&'static str]),
}

/// A type a parameter may have; every one has an exact `f64` image, which is what sliders and sweeps move.
pub(crate) trait Value: Copy {
    /// The sort of value.
    const KIND: Kind;
    /// The `f64` image.
    fn to_f64(self) -> f64;
    /// The value of an image that passed validation.
    fn from_f64(value: f64) -> Self;
}

impl Value for f64 {
    const KIND: Kind = Kind::Real;
    fn to_f64(self) -> f64 {
        self
    }
    fn from_f64(value: f64) -> Self {
        value
    }
}

impl Value for u32 {
    const KIND: Kind = Kind::Whole;
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn from_f64(value: f64) -> Self {
        value.round() as Self
    }
}

impl Value for bool {
    const KIND: Kind = Kind::Toggle;
    fn to_f64(self) -> f64 {
        f64::from(u8::from(self))
    }
    fn from_f64(value: f64) -> Self {
        value >= 0.5
    }
}

/// One row of a group: everything known about a field but where its group lives.
#[derive(Debug)]
pub(crate) struct Field<G> {
    /// Name inside the group, `maintenance`.
    pub name: &'static str,
    /// Name on the screen.
    pub label: &'static str,
    /// Unit of the stored number.
    pub unit: Unit,
    /// Smallest and largest allowed stored number.
    pub range: (f64, f64),
    /// Spread of the slider.
    pub scale: Scale,
    /// Sort of value.
    pub kind: Kind,
    /// What a change does to a running model.
    pub effect: ChangeEffect,
    /// Meaning, one or two sentences.
    pub doc: &'static str,
    /// Formula and where it comes from; may be empty.
    pub source: &'static str,
    /// Reads the field.
    pub get: fn(&G) -> f64,
    /// Writes the field; the value is in range.
    pub set: fn(&mut G, f64),
}

/// A struct whose fields are parameters.
pub(crate) trait Group: Sized + 'static {
    /// Name on the screen.
    const LABEL: &'static str;
    /// What the group is about.
    const DOC: &'static str;
    /// Its rows.
    const FIELDS: &'static [Field<Self>];
}

/// A group as it stands in [`Parameters`]: one of several alike where there is more than one.
#[derive(Debug)]
pub struct GroupRow {
    /// First half of its parameters' paths, `venue_2`.
    pub name: String,
    /// Name on the screen, `Venue 2`.
    pub label: String,
    /// What the group is about.
    pub doc: &'static str,
    /// Whether the group says anything about a scenario with these parameters (venue 5 of 4 does not).
    pub applies: fn(&Parameters, usize) -> bool,
    /// Which of several alike, from 0.
    pub index: usize,
}

/// Identifies a parameter: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParameterId(u16);

type Getter = Box<dyn Fn(&Parameters) -> f64 + Send + Sync>;
type Setter = Box<dyn Fn(&mut Parameters, f64) + Send + Sync>;

/// One row of the table.
pub struct Parameter {
    /// Its place.
    pub id: ParameterId,
    /// `group.name`, as presets and the command line write it.
    pub path: String,
    /// Index into [`groups`].
    pub group: usize,
    /// Name inside the group.
    pub name: &'static str,
    /// Name on the screen.
    pub label: &'static str,
    /// Unit of the stored number.
    pub unit: Unit,
    /// Smallest and largest allowed stored number.
    pub range: (f64, f64),
    /// Spread of the slider.
    pub scale: Scale,
    /// Sort of value.
    pub kind: Kind,
    /// What a change does to a running model.
    pub effect: ChangeEffect,
    /// Value of a fresh scenario.
    pub default: f64,
    /// Meaning.
    pub doc: &'static str,
    /// Formula and source; may be empty.
    pub source: &'static str,
    get: Getter,
    set: Setter,
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parameter")
            .field("path", &self.path)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

impl Parameter {
    /// The group it belongs to, where its label has no word of that and says too little away from it: whose “Capital”, the “Size” of what.
    pub fn whose(&self) -> Option<&'static str> {
        let group = groups()[self.group].label.as_str();
        let own = self.label.to_lowercase();
        let told = group.split_whitespace().any(|word| own.contains(&word.to_lowercase()));
        (!told).then_some(group)
    }

    /// Its label, with its group where that is needed.
    pub fn told(&self) -> String {
        self.whose()
            .map_or_else(|| self.label.to_owned(), |group| format!("{} ({group})", self.label))
    }

    /// The stored number of this parameter.
    pub fn get(&self, parameters: &Parameters) -> f64 {
        (self.get)(parameters)
    }

    /// Stores a number after checking it.
    ///
    /// # Errors
    /// [`Self::check`]; nothing is stored then.
    pub fn set(&self, parameters: &mut Parameters, value: f64) -> Result<(), ParameterError> {
        self.check(value)?;
        self.store(parameters, value);
        Ok(())
    }

    /// Stores a number that has been checked.
    pub(super) fn store(&self, parameters: &mut Parameters, value: f64) {
        (self.set)(parameters, value);
    }

    /// Whether this parameter may be a number.
    ///
    /// # Errors
    /// Not finite, out of range, or a fraction where a whole number is needed.
    pub fn check(&self, value: f64) -> Result<(), ParameterError> {
        let (low, high) = self.range;
        let whole = !matches!(self.kind, Kind::Real);
        if !value.is_finite() || value < low || value > high || (whole && value.fract() != 0.0) {
            return Err(self.refuse(value.to_string()));
        }
        Ok(())
    }

    /// The stored number that a setting of a preset or a command line means.
    ///
    /// # Errors
    /// The wrong sort of value, or a word that is not one of the choices.
    pub fn read(&self, setting: &Setting) -> Result<f64, ParameterError> {
        match (self.kind, setting) {
            (Kind::Real | Kind::Whole, Setting::Number(value)) => Ok(*value),
            (Kind::Toggle, Setting::Toggle(on)) => Ok(on.to_f64()),
            (Kind::Choice(names), Setting::Word(word)) => names
                .iter()
                .position(|name| name == word)
                .map(|index| index as f64)
                .ok_or_else(|| self.refuse(format!("\"{word}\""))),
            _ => Err(self.refuse(setting.to_string())),
        }
    }

    /// The setting that stands for a stored number.
    pub fn write(&self, value: f64) -> Setting {
        match self.kind {
            Kind::Real | Kind::Whole => Setting::Number(value),
            Kind::Toggle => Setting::Toggle(bool::from_f64(value)),
            Kind::Choice(names) => Setting::Word(names.get(value as usize).copied().unwrap_or_default().to_owned()),
        }
    }

    /// The shown number and its unit: `0.5 %`, `15e9 USD`, `linear`.
    pub fn show(&self, value: f64) -> String {
        match self.kind {
            Kind::Toggle => if bool::from_f64(value) { "on" } else { "off" }.to_owned(),
            Kind::Choice(names) => names.get(value as usize).copied().unwrap_or_default().to_owned(),
            Kind::Real | Kind::Whole => {
                let number = super::format::short(value * self.unit.display_factor());
                let symbol = self.unit.symbol();
                if symbol.is_empty() {
                    number
                } else {
                    format!("{number} {symbol}")
                }
            }
        }
    }

    /// The allowed values in words, for messages and tooltips.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Toggle => "true or false".to_owned(),
            Kind::Choice(names) => names
                .iter()
                .map(|name| format!("\"{name}\""))
                .collect::<Vec<_>>()
                .join(" or "),
            Kind::Real => format!("a number from {} to {}", self.range.0, self.range.1),
            Kind::Whole => format!("a whole number from {} to {}", self.range.0, self.range.1),
        }
    }

    fn refuse(&self, value: String) -> ParameterError {
        ParameterError::Value {
            place: ErrorPlace::Scenario,
            field: self.path.clone(),
            value,
            allowed: self.allowed(),
        }
    }
}

/// The whole table, in the order of the screen.
pub fn table() -> &'static [Parameter] {
    &TABLE.0
}

/// The groups, in the order of the screen.
pub fn groups() -> &'static [GroupRow] {
    &TABLE.1
}

/// The row of an id.
pub fn parameter(id: ParameterId) -> &'static Parameter {
    &TABLE.0[usize::from(id.0)]
}

/// The row of a path.
///
/// # Errors
/// No such path; similar ones are suggested.
pub fn find(path: &str) -> Result<&'static Parameter, ParameterError> {
    let row = table().iter().find(|row| row.path == path);
    row.ok_or_else(|| ParameterError::Unknown {
        path: path.to_owned(),
        hint: suggest::hint(path, table().iter().map(|row| row.path.as_str())),
    })
}

static TABLE: LazyLock<(Vec<Parameter>, Vec<GroupRow>)> = LazyLock::new(|| {
    let mut builder = Builder::default();
    Parameters::describe(&mut builder);
    (builder.rows, builder.groups)
});

/// Collects the table; used by the code that `all_groups!` generates.
#[derive(Default)]
pub(crate) struct Builder {
    rows: Vec<Parameter>,
    groups: Vec<GroupRow>,
}

impl Builder {
    /// Adds one group; one of several alike has an index, and the number of the first of them.
    pub(crate) fn group<G: Group>(
        &mut self,
        name: &str,
        place: Option<(usize, usize)>,
        applies: fn(&Parameters, usize) -> bool,
        of: impl Fn(&Parameters) -> &G + Copy + Send + Sync + 'static,
        of_mut: impl Fn(&mut Parameters) -> &mut G + Copy + Send + Sync + 'static,
    ) {
        let defaults = Parameters::default();
        let (name, label) = match place {
            Some((index, first)) => (
                format!("{name}_{}", index + first),
                format!("{} {}", G::LABEL, index + first),
            ),
            None => (name.to_owned(), G::LABEL.to_owned()),
        };
        for field in G::FIELDS {
            self.rows.push(Parameter {
                id: ParameterId(self.rows.len() as u16),
                path: format!("{name}.{}", field.name),
                group: self.groups.len(),
                name: field.name,
                label: field.label,
                unit: field.unit,
                range: field.range,
                scale: field.scale,
                kind: field.kind,
                effect: field.effect,
                default: (field.get)(of(&defaults)),
                doc: field.doc.trim(),
                source: field.source,
                get: Box::new(move |p| (field.get)(of(p))),
                set: Box::new(move |p, value| (field.set)(of_mut(p), value)),
            });
        }
        let index = place.map_or(0, |(index, _)| index);
        self.groups.push(GroupRow {
            name,
            label,
            doc: G::DOC.trim(),
            applies,
            index,
        });
    }
}

/// Declares a group: a struct with a documented field a row, its defaults and its description.
macro_rules! group {
    (
        $(#[doc = $group_doc:literal])+
        $Type:ident $group_label:literal
        $(
            $(#[doc = $doc:literal])+
            $name:ident: $value:ty = $default:expr, $label:literal, $unit:ident, $low:literal ..= $high:literal,
            $scale:expr, $effect:ident $(, $source:literal)?;
        )+
    ) => {
        $(#[doc = $group_doc])+
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Type {
            $( $(#[doc = $doc])+ pub $name: $value, )+
        }

        impl Default for $Type {
            fn default() -> Self {
                Self { $($name: $default),+ }
            }
        }

        impl $crate::table::Group for $Type {
            const LABEL: &'static str = $group_label;
            const DOC: &'static str = concat!($($group_doc),+);
            const FIELDS: &'static [$crate::table::Field<Self>] = &[
                $( $crate::table::Field {
                    name: stringify!($name),
                    label: $label,
                    unit: $crate::table::Unit::$unit,
                    range: ($low as f64, $high as f64),
                    scale: $scale,
                    kind: <$value as $crate::table::Value>::KIND,
                    effect: $crate::table::ChangeEffect::$effect,
                    doc: concat!($($doc),+),
                    source: concat!("" $(, $source)?),
                    get: |group| $crate::table::Value::to_f64(group.$name),
                    set: |group, value| group.$name = $crate::table::Value::from_f64(value),
                } ),+
            ];
        }
    };
}

/// Declares [`Parameters`]: the groups in the order of the screen, some of them several times.
macro_rules! all_groups {
    ( $( $(#[doc = $doc:literal])+ $field:ident: $Type:ident $([$count:literal; $name:literal $(; from $first:literal)? = $default:expr])?
         $(, applies $applies:expr)?; )+ ) => {
        /// Every parameter of a scenario, by group.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct Parameters {
            $( $(#[doc = $doc])+ pub $field: $crate::table::all_groups!(@type $Type $($count)?), )+
        }

        impl Default for Parameters {
            fn default() -> Self {
                Self { $( $field: $crate::table::all_groups!(@default $Type $($default)?) ),+ }
            }
        }

        impl Parameters {
            /// Tells the table's builder every group.
            pub(super) fn describe(builder: &mut $crate::table::Builder) {
                $( $crate::table::all_groups!(
                    @describe builder $field ($crate::table::all_groups!(@applies $($applies)?)) $($count $name ($crate::table::all_groups!(@first $($first)?)))?
                ); )+
            }
        }
    };
    (@type $Type:ident) => { $Type };
    (@type $Type:ident $count:literal) => { [$Type; $count] };
    (@default $Type:ident) => { $Type::default() };
    (@default $Type:ident $default:expr) => { $default };
    (@applies) => { |_, _| true };
    (@applies $applies:expr) => { $applies };
    (@describe $builder:ident $field:ident ($applies:expr)) => {
        $builder.group(stringify!($field), None, $applies, |p| &p.$field, |p| &mut p.$field);
    };
    (@first) => { 1 };
    (@first $first:literal) => { $first };
    (@describe $builder:ident $field:ident ($applies:expr) $count:literal $name:literal ($first:expr)) => {
        for index in 0..$count {
            $builder.group(
                $name, Some((index, $first)), $applies, move |p| &p.$field[index], move |p| &mut p.$field[index],
            );
        }
    };
}

/// Declares an enum whose variants are the named alternatives of a parameter.
macro_rules! choice {
    ( $(#[doc = $doc:literal])+ $Type:ident { $( $(#[doc = $variant_doc:literal])+ $variant:ident = $name:literal ),+ $(,)? } ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, enum_map::Enum, strum::VariantArray)]
        pub enum $Type { $( $(#[doc = $variant_doc])+ $variant ),+ }

        impl $Type {
            /// Their names in files and on the command line, in order.
            pub const NAMES: &[&'static str] = &[$($name),+];

            /// Its name in files and on the command line.
            pub const fn name(self) -> &'static str {
                Self::NAMES[self as usize]
            }
        }

        impl $crate::table::Value for $Type {
            const KIND: $crate::table::Kind = $crate::table::Kind::Choice(Self::NAMES);
            fn to_f64(self) -> f64 {
                f64::from(self as u8)
            }
            fn from_f64(value: f64) -> Self {
                let all = <$Type as strum::VariantArray>::VARIANTS;
                all[(value as usize).min(all.len() - 1)]
            }
        }

        impl serde::Serialize for $Type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                match word.as_ref() {
                    $( $name => Ok(Self::$variant), )+
                    other => Err(serde::de::Error::unknown_variant(other, Self::NAMES)),
                }
            }
        }
    };
}

pub(super) use {all_groups, choice, group};
