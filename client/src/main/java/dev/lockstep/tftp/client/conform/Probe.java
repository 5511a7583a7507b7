package dev.lockstep.tftp.client.conform;

/** What the script of a check works with. */
interface Probe extends AutoCloseable {
    @Override
    void close();
}
