#include "timer_wheel.h"

#include "../common/clock.h"

#include <stddef.h>

enum { SLOTS = 8192 };  // a power of two; a timer further away than this passes its slot and is put back

static struct timer *slots[SLOTS];
static uint64_t handled_tick;
static uint64_t armed_count;
static timer_action fire;

uint64_t timer_wheel_now(void) { return clock_now_ns() / 1000000; }

void timer_wheel_start(timer_action action) {
    fire = action;
    handled_tick = timer_wheel_now();
}

static void insert(struct timer *timer) {
    // A tick that was already handled would wait a whole turn of the wheel: the next one is the earliest that fires.
    const uint64_t tick = timer->due_tick > handled_tick ? timer->due_tick : handled_tick + 1;
    struct timer **slot = &slots[tick % SLOTS];
    timer->next = *slot;
    timer->link = slot;
    if (timer->next != NULL) timer->next->link = &timer->next;
    *slot = timer;
}

static void unlink_timer(struct timer *timer) {
    *timer->link = timer->next;
    if (timer->next != NULL) timer->next->link = timer->link;
    timer->link = NULL;
    timer->next = NULL;
}

void timer_arm(struct timer *timer, uint64_t due_tick) {
    timer_cancel(timer);
    timer->due_tick = due_tick;
    armed_count++;
    insert(timer);
}

void timer_cancel(struct timer *timer) {
    if (timer->link == NULL) return;
    unlink_timer(timer);
    armed_count--;
}

static void advance_one(uint64_t tick) {
    // The slot's list is moved aside first, because an action may arm timers into the same slot, one turn later.
    struct timer *batch = slots[tick % SLOTS];
    slots[tick % SLOTS] = NULL;
    if (batch != NULL) batch->link = &batch;
    handled_tick = tick;
    while (batch != NULL) {
        struct timer *timer = batch;
        unlink_timer(timer);
        if (timer->due_tick > tick) {
            insert(timer);
        } else {
            armed_count--;
            fire(timer);
        }
    }
}

void timer_wheel_advance(void) {
    const uint64_t now = timer_wheel_now();
    if (armed_count == 0) handled_tick = now;  // nothing to pass on the way, after however long a rest
    while (handled_tick < now) advance_one(handled_tick + 1);
}

int timer_wheel_timeout(void) {
    if (armed_count == 0) return -1;
    const uint64_t now = timer_wheel_now();
    for (uint64_t tick = handled_tick + 1; tick <= handled_tick + SLOTS; tick++) {
        if (slots[tick % SLOTS] != NULL) return tick <= now ? 0 : (int)(tick - now);
    }
    return SLOTS;
}
