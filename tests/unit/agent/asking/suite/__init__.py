"""Questions as people ask them, over tables as people have them; expected by plain Python."""
