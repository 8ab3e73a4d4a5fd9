"""prodworks: is this GenAI workload on AWS ready for production, and what is the shortest path there?"""

__version__ = "0.1.0"
