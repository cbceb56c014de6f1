"""What is kept of people and for how long, and what people ask about it (PIPL)."""

# The request desk, copies, incidents, assessments -----------------------------------------------------------------


# The register of data, holds, erasures ----------------------------------------------------------------------------
