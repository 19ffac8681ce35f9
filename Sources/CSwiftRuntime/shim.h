/* The one entry of the Swift runtime that Swift itself does not show: the hook for jobs of the global executor, as
   include/swift/Runtime/ConcurrencyHooks.def of Swift declares it. */
#pragma once

typedef void (*brook_enqueue_original)(void *job) __attribute__((swiftcall));
extern void (*swift_task_enqueueGlobal_hook)(void *job, brook_enqueue_original original) __attribute__((swiftcall));

typedef void (*brook_job_taker)(void *job);
static inline brook_job_taker *brook_global_job_taker(void) {
    static brook_job_taker taker;
    return &taker;
}

static __attribute__((swiftcall)) void brook_hand_over_global_job(void *job, brook_enqueue_original original) {
    (void)original;
    (*brook_global_job_taker())(job);
}

/* Has `taker` be given every such job from now on. */
static inline void brook_take_global_jobs(brook_job_taker taker) {
    *brook_global_job_taker() = taker;
    swift_task_enqueueGlobal_hook = brook_hand_over_global_job;
}
