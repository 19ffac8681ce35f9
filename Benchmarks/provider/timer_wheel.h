// Timers in slots of one millisecond: arming, cancelling and firing are O(1), however many thousand streams are open,
// and all that is due in the same tick is handled in one pass.
#ifndef BENCH_TIMER_WHEEL_H
#define BENCH_TIMER_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

struct timer {
    struct timer *next;
    struct timer **link;  // the pointer that points here; NULL when not armed
    uint64_t due_tick;
};

typedef void (*timer_action)(struct timer *timer);

// `action` runs for each timer that comes due.
void timer_wheel_start(timer_action action);

// The current tick: milliseconds of the monotonic clock.
uint64_t timer_wheel_now(void);

// `due_tick` in the past fires with the next pass.
void timer_arm(struct timer *timer, uint64_t due_tick);
void timer_cancel(struct timer *timer);

// Fires all that is due.
void timer_wheel_advance(void);

// Milliseconds until the next pass is due, for epoll_wait; -1 when nothing is armed.
int timer_wheel_timeout(void);

#endif
