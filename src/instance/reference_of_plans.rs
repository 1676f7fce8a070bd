//! What the format reference says of the plans that are made of an instance: one rule for each point
//! that could be read in two ways.

pub(super) const RULES: &str = "\
## What a plan is about

Each point that could be read in two ways has one rule here, by which plans are made, checked \
and reported alike.

### The planned weeks

- The *planned weeks* are the `weeks` weeks from `week_start` (of a typical week: the week). A \
plan is about the parcels that are ready in them and what these cause, wherever and whenever it \
happens: a train that a parcel of the last Sunday takes two weeks later is used, paid for by the \
unit and delivered like any other.
- A *run* is all legs of a service on one day, and belongs to the planned weeks where leg 1 is \
scheduled to leave in them, by the local date of its origin. Minimums (`min_units`), commitments \
(`commit`) and limits are about runs of the planned weeks, with all their legs; what a limit \
counts of them counts on the day and in the week in which the leg leaves, and a leg that leaves \
after the planned weeks counts under `max` and `max_share` of that later day or week, and under \
everything of a limit for the horizon. Later runs have no minimum, no commitment and no limit; \
they cost what planned parcels use, each departure deciding for itself. How much later services \
run on (`promise_hours`, `max_late_hours`) therefore costs nothing by itself.
- With `counted_weeks` the runs of so many weeks after the planned ones belong to them too: their \
minimums, commitments and limits hold, those of these weeks' days and weeks included, and what \
they cost stands in every figure, though nothing is ready then but the tail.
- What is scarce, what to buy and what `choices.csv` judges are departures of runs of the \
planned weeks, and buckets and nights that begin in the `weeks` weeks.

### The tail

- With `tail` = `repeat-last-week` the demand of the last planned week is ready again in each \
week after it, at the same local times, for as long as parcels of the planned weeks can be under \
way: every day on which it is ready before the last moment at which a parcel of the planned \
weeks may still be delivered (ready + `promise_hours` + `max_late_hours`, the latest of all). \
With `none` nothing is.
- These parcels compete for units, lift, handling, storage and under `max` of limits like any \
others, pay what they use, and cost `unserved_per_parcel` where they stay behind. They do not \
help to reach `min`, and count in no share.
- Nothing of them stands in any figure: cost, bound, parcels, tonnes, loads, units, purchases \
and what is scarce are those of the plan with the tail's parcels taken away. What of it must be \
kept for the plan to be checked stands apart: `allocation_tail.csv` (where they ride), \
`purchases_tail.csv` (whole units that only they need) and `totals.tail_cost` in `run.json` \
(what everything costs more with them). The bound says that no plan costs less in which the tail \
costs no more than that: the prices prove `bound` + `tail_cost` of both together. Prices of \
scarce capacity are those under which the tail competes.
- What is bought on a run of the planned weeks and used by both is the planned weeks' as far as \
they need it themselves; where a limit counts units or cost of the departure, or more is bought \
than freight takes, all of it is.

### Where parcels ride, wait and end

- What a release may ride depends on its own row alone: departures from its origin, in time, any \
number of them, over any places, staying aboard from leg to leg or changing. Its way ends where \
it is first off a vehicle and through all inbound steps at its destination; it never goes on \
from there, even where that would help to keep a limit.
- Parcels may wait at their origin and wherever they change, before the outbound steps of a \
departure; and before an inbound step with a limited tier, until the start of a later bucket. \
Between outbound steps, aboard, and during a step they do not wait. Waiting costs \
`storage_per_m3_day` by the minute, and takes `storage_m3`.
- What lies at a place from `a` until `b` takes `storage_m3` at every local midnight `m` with \
`a` <= `m` < `b`. Handling time is not waiting: it costs no storage and takes none, at midnight \
either.
- Work belongs to the bucket in which it starts: a step that starts on Sunday at 23:30 is \
Sunday's, and that week's, whole. A full bucket lets parcels wait for the next, at the price of \
storage.
- Booked space takes room and is never paid by the plan.

### Events

- The dates of an event are local dates. For a service they are compared with the day on which \
the timetable has a leg leave its origin, whatever delays it; for a place with the day on which \
a leg would leave, pass or reach it as things stand by then. Places of `via` are passed in \
proportion to great-circle distance, or evenly where one has no coordinates.
- `cancelled`: of a service the runs whose leg 1 is scheduled on the dates, whole; a run that is \
on its way goes on. At a place the legs that leave from it on the dates, and the later legs of \
those runs; what only passes or reaches it runs.
- `delay_hours` moves a run once, by `value` hours, from the first leg that the row concerns; \
later legs move along, those with a time of day of their own too. Several rows add up.
- `held`: what would leave, pass or reach the place waits there until the midnight after \
`last_date`; a later leg that its run reaches too late for leaves after `dwell_hours`, at its \
next time of day where it has one.
- `closed`: what would leave, pass or reach the place then, after all waiting, does not run, and \
neither do the later legs of that run.
- `capacity_factor` multiplies units, `max_kg`, `max_m3` and capacities of handling, rounded \
down to a millionth of a unit, a gram, a cubic centimetre, a parcel; factors of several rows \
multiply. A capacity by the week is scaled day by day: it is the sum of the seven days' factors, \
a seventh each, rounded down once (7 a week, 0 on two days: 5).

### Clocks, distances, remainders

- On a dated horizon places keep their zone's rules: days have 23 or 25 hours where clocks \
change. A time of day that clocks skip is read as far after the change as it says after it began \
(02:30 is 03:30); of a time that they show twice the first is meant. A typical week keeps the \
offsets of its Monday.
- Weeks and days are local to the place concerned: of a release its origin, of a departure its \
leg's origin, of work and storage the place.
- Blank `km` are great circles on a sphere of 6,371.0088 km, along `via`, rounded to the metre.
- Parcels of a week go to days in proportion to the profile, rounded down; those left over go \
one by one to the days with the largest remainders, among equals to the earlier day. The cost of \
a departure or bucket is shared out to demands in the same way, to the millionth: by chargeable \
weight aboard, or by what the step counts, among equals to the demand that stands first by \
origin, destination, product and week.
- Prices per parcel are rounded to the nearest millionth, halves away from zero; what is bought \
for many parcels together is rounded up to a millionth.
";
