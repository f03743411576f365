//! A value that screens follow. Leptos knows who has read it and tells them when it changes; the value itself lies here.
//!
//! Leptos' own signals are a program of their own for each type of value, some kilobytes each, which a visitor on a bad
//! line would wait for. Of this one there is only what the compiler cannot share.

use std::sync::{PoisonError, RwLock};

use leptos::prelude::{ArcTrigger, Notify, Track};

/// Read with `get` or `with` inside [`follow`](crate::element::follow), it is followed from then on.
pub struct Live<T> {
    value: RwLock<T>,
    readers: ArcTrigger,
}

impl<T> Live<T> {
    pub fn new(value: T) -> Self {
        Self { value: RwLock::new(value), readers: ArcTrigger::new() }
    }

    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.readers.track();
        self.with_untracked(read)
    }

    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells all who follow, whether or not it is another value.
    pub fn set(&self, value: T) {
        *self.value.write().unwrap_or_else(PoisonError::into_inner) = value;
        self.readers.notify();
    }
}

impl<T: Clone> Live<T> {
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}
