/** Warnings of every job that leaves its source as it is. */
export const COPY_TO_WARNING =
  'this is not replication: records without a movable data key are not copied, nor are later changes of the source';

export const COPY_WARNING =
  'the source records keep their data keys: keep the source keys until nobody reads those records any more';
