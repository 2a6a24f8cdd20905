/** Warnings of every job that leaves its source as it is. */
export const COPY_TO_WARNING =
  'this is no replication: records without a data key that can be moved are not copied, nor are later changes of the source';

export const COPY_WARNING =
  'the source records keep their data keys: keep the source keys until nobody reads those records any more';
