//! Items by their key, side by side.

/// Items by key, those of one key in the order in which they came.
#[derive(Clone, Debug)]
pub(crate) struct Grouped<T> {
    /// The items of key k stand in `starts[k]..starts[k + 1]`.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Grouped<T> {
    /// Groups pairs of a key below `keys` and an item, by counting.
    pub fn new(keys: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut starts = vec![0u32; keys + 1];
        for (key, _) in pairs.clone() {
            starts[key as usize + 1] += 1;
        }
        for key in 0..keys {
            starts[key + 1] += starts[key];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); starts[keys] as usize];
        for (key, item) in pairs {
            let place = &mut next[key as usize];
            items[*place as usize] = item;
            *place += 1;
        }
        Self { starts, items }
    }
}

impl<T> Grouped<T> {
    /// Where the items of each key start, and where the last one's end; and the items.
    pub fn into_parts(self) -> (Vec<u32>, Vec<T>) {
        (self.starts, self.items)
    }

    /// The items of a key.
    #[inline]
    pub fn of(&self, key: u32) -> &[T] {
        let starts = &self.starts[key as usize..];
        &self.items[starts[0] as usize..starts[1] as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_key_stand_in_the_order_in_which_they_came() {
        let pairs = [(2, 'a'), (0, 'b'), (2, 'c'), (0, 'd')];
        let grouped = Grouped::new(3, pairs.into_iter());
        let of = [0, 1, 2].map(|key| grouped.of(key).to_vec());
        assert_eq!(of, [vec!['b', 'd'], vec![], vec!['a', 'c']]);
    }
}
