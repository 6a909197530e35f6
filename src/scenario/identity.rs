//! Which asset, venue or order book is meant. In the program they are counted from 0; a person reads and writes numbers from 1,
//! and the two meet here only.

use std::fmt;
use std::ops::{Index, IndexMut};

/// What belongs to one of those that `I` tells apart. Lists of it can be indexed by `I`, and by no other identity.
pub trait IndexedBy<I> {}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $word:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u8);

        impl $name {
            /// The first one.
            pub const FIRST: Self = Self(0);

            /// The one at a place, counted from 0, in a list of them all.
            pub const fn new(index: usize) -> Self {
                Self(index as u8)
            }

            /// The one that a person calls by a number, counted from 1. Numbers that were read have been checked; 0 is taken
            /// for 1.
            pub const fn numbered(number: u32) -> Self {
                Self(number.saturating_sub(1) as u8)
            }

            /// Its place in a list of them all, from 0.
            pub const fn index(self) -> usize {
                self.0 as usize
            }

            /// The number a person calls it by, from 1.
            pub const fn number(self) -> u32 {
                self.0 as u32 + 1
            }

            /// The first `count` of them.
            pub fn first(count: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
                (0..count).map(Self::new)
            }

            /// Every element of a list of them all, with whose it is.
            pub fn each<L: IntoIterator>(list: L) -> impl Iterator<Item = (Self, L::Item)> {
                list.into_iter().enumerate().map(|(index, item)| (Self::new(index), item))
            }
        }

        /// As a person calls it.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($word, " {}"), self.number())
            }
        }

        index_lists!($name);
    };
}

macro_rules! index_lists {
    ($name:ident) => {
        impl<T: IndexedBy<$name>> Index<$name> for [T] {
            type Output = T;

            fn index(&self, id: $name) -> &T {
                &self[id.index()]
            }
        }

        impl<T: IndexedBy<$name>> IndexMut<$name> for [T] {
            fn index_mut(&mut self, id: $name) -> &mut T {
                &mut self[id.index()]
            }
        }

        impl<T: IndexedBy<$name>> Index<$name> for Vec<T> {
            type Output = T;

            fn index(&self, id: $name) -> &T {
                &self[id.index()]
            }
        }

        impl<T: IndexedBy<$name>> IndexMut<$name> for Vec<T> {
            fn index_mut(&mut self, id: $name) -> &mut T {
                &mut self[id.index()]
            }
        }
    };
}

numbered! {
    /// An asset.
    AssetId, "asset"
}

numbered! {
    /// A trading venue. It has one order book for each asset.
    VenueId, "venue"
}

numbered! {
    /// A region with a spot book of its own, other than the first, where the venues are.
    RegionId, "region"
}

/// An order book of an asset: the spot book, or the futures book of a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookId(u8);

impl BookId {
    /// The spot book: the first in a list of all books, the venues' books follow in their order.
    pub const SPOT: Self = Self(0);

    /// A venue's book.
    pub const fn of(venue: VenueId) -> Self {
        Self(venue.0 + 1)
    }

    /// Whose book it is; nobody's if it is the spot book.
    pub const fn venue(self) -> Option<VenueId> {
        match self.0.checked_sub(1) {
            Some(venue) => Some(VenueId(venue)),
            None => None,
        }
    }

    /// Its place in a list of all books, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The first `count` books, the spot book among them.
    pub fn first(count: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..count).map(|index| Self(index as u8))
    }

    /// Every element of a list of all books, with whose it is.
    pub fn each<L: IntoIterator>(list: L) -> impl Iterator<Item = (Self, L::Item)> {
        list.into_iter()
            .enumerate()
            .map(|(index, item)| (Self(index as u8), item))
    }
}

/// As a person calls it.
impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.venue() {
            Some(venue) => venue.fmt(f),
            None => f.write_str("the spot book"),
        }
    }
}

index_lists!(BookId);

#[cfg(test)]
mod tests {
    use super::{AssetId, BookId, VenueId};

    #[test]
    fn people_count_from_one() {
        assert_eq!(VenueId::FIRST.to_string(), "venue 1");
        assert_eq!(AssetId::new(2).to_string(), "asset 3");
        for venue in VenueId::first(8) {
            assert_eq!(VenueId::numbered(venue.number()), venue);
        }
    }

    #[test]
    fn the_spot_book_comes_before_the_venues_books() {
        let books: Vec<BookId> = [BookId::SPOT]
            .into_iter()
            .chain(VenueId::first(3).map(BookId::of))
            .collect();
        assert_eq!(books, BookId::first(4).collect::<Vec<_>>());
        assert_eq!(books[0].to_string(), "the spot book");
        assert_eq!((books[0].venue(), books[3].venue()), (None, Some(VenueId::new(2))));
        assert_eq!(books[3].to_string(), "venue 3");
    }
}
