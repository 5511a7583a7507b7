package dev.lockstep.tftp.client.conform;

/** Environment of the script of a check. */
interface CheckEnvironment extends AutoCloseable {
    @Override
    void close();
}
