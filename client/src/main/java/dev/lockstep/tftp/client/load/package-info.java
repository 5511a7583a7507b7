/**
 * The load test: runs many transfers with {@link dev.lockstep.tftp.client.TftpClient} and verifies each byte.
 *
 * <pre>
 *   LoadPlan ──► LoadRun ──► LoadScheduler ──► VirtualClient ──► TftpClient ··· ImpairedChannelHandler ··· socket
 *                   │     when to start          │ requests and verification
 *                   ▼                            ▼
 *               LoadResult ◄── Timeline ◄── LoadMetrics
 *                   │
 *                   ▼ of each shard
 *               ShardUnion ──► LoadResult of all machines
 * </pre>
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.load.LoadRun}.
 */
package dev.lockstep.tftp.client.load;
