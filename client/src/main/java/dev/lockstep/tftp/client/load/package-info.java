/**
 * The load tester: a loop over {@link dev.lockstep.tftp.client.TftpClient} that checks every byte, with a histogram.
 *
 * <pre>
 *   LoadPlan ──► LoadRun ──► Pacer ──► VirtualTransfer ──► TftpClient ··· FaultyLink ··· the wire
 *                   │    when to start      │ what, and is it right?
 *                   ▼                       ▼
 *               LoadResult ◄── Timeline ◄── Tally
 * </pre>
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.load.LoadRun}.
 */
package dev.lockstep.tftp.client.load;
