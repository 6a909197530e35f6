//! Lists of data that a scenario brings along. They are never changed, only replaced, and a scenario is copied all the time
//! (key frames, sweeps, undo): the copies share them.

use std::ops::Deref;
use std::sync::Arc;

/// A list that costs nothing to copy and, where two copies of one list are compared, nothing to compare.
#[derive(Debug)]
pub struct Shared<T>(Arc<[T]>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl<T> From<Vec<T>> for Shared<T> {
    fn from(list: Vec<T>) -> Self {
        Self(list.into())
    }
}

impl<T> Shared<T> {
    /// Whether the two are copies of one list; lists with the same entries need not be.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// A list equals itself, whatever is in it; a scenario holds no NaN anyway.
impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || *self.0 == *other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_compared_by_what_is_in_them() {
        let list = |last| Shared::from(vec![1.0, last]);
        assert_eq!(list(2.0), list(2.0));
        assert_ne!(list(2.0), list(3.0));
        let nobody = list(f64::NAN);
        assert!(nobody == nobody.clone() && nobody != list(f64::NAN));
    }
}
