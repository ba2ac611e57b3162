"""Pure figure builders: a result goes in, a ``go.Figure`` comes out; no Streamlit, no engine, no theme."""
