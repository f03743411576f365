//! A short list kept sorted by key. The widget is weighed in bytes, and the standard maps weigh several kilobytes for each
//! type of key and value.

#[derive(Clone, Debug)]
pub struct Table<K, V> {
    /// Sorted, each key once.
    rows: Vec<(K, V)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<K: Copy + Ord, V> Table<K, V> {
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|at| &self.rows[at].1)
    }

    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).ok().map(|at| &mut self.rows[at].1)
    }

    pub fn contains(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// Replaces what was there.
    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(at) => self.rows[at].1 = value,
            Err(at) => self.rows.insert(at, (key, value)),
        }
    }

    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|at| self.rows.remove(at).1)
    }

    pub fn get_or_insert(&mut self, key: K, value: V) -> &mut V {
        let at = match self.find(&key) {
            Ok(at) => at,
            Err(at) => {
                self.rows.insert(at, (key, value));
                at
            }
        };
        &mut self.rows[at].1
    }

    pub fn retain(&mut self, mut is_kept: impl FnMut(&K) -> bool) {
        self.rows.retain(|(key, _)| is_kept(key));
    }

    pub fn rows(&self) -> &[(K, V)] {
        &self.rows
    }

    pub fn rows_mut(&mut self) -> impl Iterator<Item = (K, &mut V)> {
        self.rows.iter_mut().map(|(key, value)| (*key, value))
    }

    pub fn last_key(&self) -> Option<K> {
        self.rows.last().map(|(key, _)| *key)
    }

    fn find(&self, key: &K) -> Result<usize, usize> {
        self.rows.binary_search_by(|(held, _)| held.cmp(key))
    }
}
